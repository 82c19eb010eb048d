import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { runProgram } from "../../bench/program.ts";
import type { DisplayFigures } from "../../bench/display/table.ts";
import { changeTree, createTree } from "../../bench/update/tree.ts";
import { createTempFolder } from "../temp-folder.ts";

describe("bench/update", function () {
  this.timeout(60_000);

  it("has both sides make the same files, at first and after a change", async () => {
    await using folder = await createTempFolder();
    const source = join(folder.path, "source");
    createTree(source, 250);
    for (const version of [0, 1]) {
      if (version > 0) changeTree(source, 250, version);
      const [own, bare] = await Promise.all(
        ["tidemark", "bare"].map(async (side) => {
          const output = join(folder.path, side, "output");
          await runProgram(`./update/${side}.ts`, [source, output, join(folder.path, side, "store")]);
          return readTree(output);
        }),
      );
      expect(own?.size).to.equal(250);
      expect(own).to.deep.equal(bare);
    }
  });

  it("counts what it did", async () => {
    await using folder = await createTempFolder();
    const source = join(folder.path, "source");
    createTree(source, 200);
    const args = [source, join(folder.path, "output"), join(folder.path, "store")];
    const first = await runProgram<Figures>("./update/tidemark.ts", args);
    expect(first.stats.numAdds).to.equal(200);
    changeTree(source, 200, 1);
    const second = await runProgram<Figures>("./update/tidemark.ts", args);
    expect(second.stats).to.include({ numUnchanged: 198, numReprocesses: 2, numAdds: 0, numErrors: 0 });
  });
});

describe("bench/memory", function () {
  this.timeout(60_000);

  it("finishes what it mounts", async () => {
    const figures = await runProgram<{ maxHeld: number }>("./memory/mount.ts", ["2000"], {
      nodeOptions: ["--expose-gc"],
    });
    expect(figures.maxHeld).to.be.within(1, 1025 + 64);
  });
});

describe("bench/display", function () {
  this.timeout(60_000);

  it("measures runs with and without a display, and the share of the display within a run", async () => {
    const figures = await runProgram<DisplayFigures>("./display/update.ts", ["3000", "2"], {
      env: { TIDEMARK_PROGRESS: "tty" },
    });
    expect(figures.withDisplay).to.have.length(2);
    expect(figures.without).to.have.length(2);
    // A display that drew nothing would have no share at all.
    for (const share of figures.shares) expect(share).to.be.within(0.00001, 0.2);
  });
});

interface Figures {
  readonly stats: { readonly numAdds: number };
}

async function readTree(root: string): Promise<Map<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(
    paths
      .toSorted()
      .map(async (path): Promise<[string, string]> => [path.slice(root.length), await readFile(path, "utf8")]),
  );
  return new Map(contents);
}
