import { join } from "node:path";
import { expect } from "chai";
import type { LiveFigures } from "../../bench/live/table.ts";
import { runProgram } from "../../bench/program.ts";
import { compareOutputs, readOutputs } from "../../bench/update/outputs.ts";
import { createTree } from "../../bench/update/tree.ts";
import { createTempFolder } from "../temp-folder.ts";

describe("bench/live", function () {
  this.timeout(60_000);

  it("sees each save in the outputs, and ends with those of the tree that is left", async () => {
    await using folder = await createTempFolder();
    const [source, output] = [join(folder.path, "source"), join(folder.path, "output")];
    createTree(source, 30);
    const args = [source, output, join(folder.path, "store"), "2", "20"];
    const { byRename, inPlace } = await runProgram<LiveFigures>("./live/follow.ts", args);
    expect([inPlace.length, byRename.length]).to.deep.equal([2, 2]);
    const outputs = readOutputs("files", output);
    compareOutputs({ outputs }, 30);
    expect([...outputs.values()].filter((content) => content.includes("renamed")).length).to.be.within(1, 2);
  });
});
