import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { runProgram } from "../../bench/program.ts";
import { SkippedError } from "../../bench/skipped.ts";
import { prepareCocoIndex } from "../../bench/update/cocoindex.ts";
import { measureCocoIndex } from "../../bench/update/cocoindex-table.ts";
import { compareOutputs, readOutputs } from "../../bench/update/outputs.ts";
import { changeTree, createTree } from "../../bench/update/tree.ts";
import { createTempFolder } from "../temp-folder.ts";

interface Figures {
  readonly stats: { readonly numAdds: number };
}

describe("bench/update", function () {
  this.timeout(300_000);

  it("counts what it did", async () => {
    await using folder = await createTempFolder();
    const source = join(folder.path, "source");
    createTree(source, 200);
    const args = ["files", source, join(folder.path, "output"), join(folder.path, "store")];
    const first = await runProgram<Figures>("./update/tidemark.ts", args);
    expect(first.stats.numAdds).to.equal(200);
    changeTree(source, 200, 1);
    const second = await runProgram<Figures>("./update/tidemark.ts", args);
    expect(second.stats).to.include({ numUnchanged: 198, numReprocesses: 2, numAdds: 0, numErrors: 0 });
  });

  it("has Tidemark and CocoIndex make the same files and rows", async function () {
    try {
      await prepareCocoIndex();
    } catch (error) {
      if (!(error instanceof SkippedError)) throw error;
      console.error(`SKIPPED: ${error.message}`);
      this.skip();
    }
    expect(process.env).to.include({ COCOINDEX_DISABLE_USAGE_TRACKING: "1" });
    const { rows } = await measureCocoIndex({ size: 100, repetitions: 1 });
    expect(rows.map(([first]) => first)).to.deep.equal(
      ["files", "rows"].flatMap((target) =>
        ["first run", "unchanged", "1 % changed", "all deleted"].map((kase) => `${kase}, ${target}`),
      ),
    );
  });

  it("refuses to compare sides that have not made the same", () => {
    const full = new Map([["a", "1"]]);
    expect(() => compareOutputs({ one: full, other: new Map(full) }, 1)).not.to.throw();
    expect(() => compareOutputs({ one: full, other: new Map([["a", "2"]]) }, 1)).to.throw("other and one differ in a");
    expect(() => compareOutputs({ one: full, other: new Map([["b", "1"]]) }, 1)).to.throw("other and one differ in b");
    expect(() => compareOutputs({ one: full, other: new Map() }, 1)).to.throw("other has made 0 outputs, not 1");
  });

  it("reads the files of a folder below their paths", async () => {
    await using folder = await createTempFolder();
    await mkdir(join(folder.path, "part"));
    await writeFile(join(folder.path, "part/file.html"), "content");
    expect(readOutputs("files", folder.path)).to.deep.equal(new Map([[join("part", "file.html"), "content"]]));
    expect(readOutputs("files", join(folder.path, "none"))).to.deep.equal(new Map());
  });
});
