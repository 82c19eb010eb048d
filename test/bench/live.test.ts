import { expect } from "chai";
import { join } from "node:path";
import { runProgram } from "../../bench/program.ts";
import type { LiveFigures } from "../../bench/live/table.ts";
import { createTree } from "../../bench/update/tree.ts";
import { createTempFolder } from "../temp-folder.ts";

describe("bench/live", function () {
  this.timeout(60_000);

  it("waits for the target of each save, and of each file of a burst", async () => {
    await using folder = await createTempFolder();
    const source = join(folder.path, "source");
    createTree(source, 30);
    const places = [source, join(folder.path, "output"), join(folder.path, "store")];
    const figures = await runProgram<LiveFigures>("./live/follow.ts", [...places, "3", "20"]);
    expect(figures.inPlace).to.have.lengthOf(3);
    expect(figures.byRename).to.have.lengthOf(3);
    for (const elapsedMs of [...figures.inPlace, ...figures.byRename]) expect(elapsedMs).to.be.greaterThan(0);
    expect(figures.made.elapsedMs).to.be.greaterThan(0);
  });
});
