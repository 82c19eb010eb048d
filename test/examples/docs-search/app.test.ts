import { expect } from "chai";
import { existsSync } from "node:fs";
import { DocsSearchTree } from "./docs-search-tree.ts";

const FILES = {
  "docs/changed.md": "# Tides\n\nWater rises.\n",
  "docs/deleted.md": "# Gone soon\n",
  "docs/broken.md": "# Fragile\n\nStill here.\n",
  "docs/kept.md": "# Kept\n\n## Inner\n",
  "docs/sub/kept.md": "No heading.\n",
  "code/changed.ts": "export const one = 1;\n",
  "code/deleted.ts": "export const gone = 1;\n",
  "code/broken.d.ts": "export declare function fragile(): void;\n",
  "code/kept.mts": "/** Kept. */\nexport class Kept {}\n",
  "code/not-code.js": "export const ignored = 1;\n",
};

describe("docs-search", () => {
  it("counts one change, one deletion, one addition and one failure for what they are, and leaves the rest alone", async function () {
    // Elsewhere there is no file that opens for everybody and can be read by nobody.
    if (!existsSync("/proc/self/mem")) this.skip();
    await using tree = await DocsSearchTree.create(FILES);
    const first = await tree.index();
    expect(first).to.deep.include({ code: 0, docs: { starts: 5, adds: 5 }, codeFiles: { starts: 4, adds: 4 } });

    await tree.write("docs/changed.md", "# Tides\n\nWater falls again.\n");
    await tree.write("code/changed.ts", "export const two = 2;\n");
    await tree.delete("docs/deleted.md");
    await tree.delete("code/deleted.ts");
    await tree.write("docs/added.md", "# New\n");
    await tree.write("code/added.ts", "export type New = 1;\n");
    await tree.break("docs/broken.md");
    await tree.break("code/broken.d.ts");
    const second = await tree.index();
    expect(second).to.deep.include({
      code: 3,
      docs: { starts: 6, unchanged: 2, adds: 1, deletes: 1, reprocesses: 1, errors: 1 },
      codeFiles: { starts: 5, unchanged: 1, adds: 1, deletes: 1, reprocesses: 1, errors: 1 },
    });
    expect(second.stderr).to.match(/^2 failures:\n {2}✗ 2 times Cannot read .*first at .*broken/);
    expect(await tree.pages()).to.deep.equal([
      "added.html",
      "broken.html",
      "changed.html",
      "kept.html",
      "sub/kept.html",
    ]);
    expect(await tree.page("changed.html")).to.include("Water falls again.");
    expect(await tree.page("broken.html")).to.include("Still here.");
    expect(tree.rows()).to.deep.equal([
      "added.md:1 New",
      "added.ts:1 New",
      "broken.d.ts:1 fragile",
      "broken.md:1 Fragile",
      "changed.md:1 Tides",
      "changed.ts:1 two",
      "kept.md:1 Kept",
      "kept.md:3 Kept › Inner",
      "kept.mts:1 Kept",
      "sub/kept.md:1",
    ]);

    await tree.write("docs/broken.md", "# Mended\n");
    await tree.write("code/broken.d.ts", FILES["code/broken.d.ts"]);
    const third = await tree.index();
    expect(third).to.deep.include({
      code: 0,
      docs: { starts: 5, unchanged: 4, reprocesses: 1 },
      // It is as it was before it broke, and what was made of it is still there.
      codeFiles: { starts: 4, unchanged: 4 },
    });
    expect(tree.rows()).to.include("broken.md:1 Mended").and.to.include("broken.d.ts:1 fragile");
    expect(tree.rows()).to.have.length(10);
    expect(await tree.page("broken.html")).to.include("Mended");

    const fourth = await tree.index();
    expect(fourth).to.deep.include({
      code: 0,
      docs: { starts: 5, unchanged: 5 },
      codeFiles: { starts: 4, unchanged: 4 },
    });
  });

  it("indexes bytes that are not UTF-8 as far as they go, and only the path of what is no text or too large", async () => {
    await using tree = await DocsSearchTree.create({
      "docs/latin.md": Buffer.from("# Caf\u00e9 tides\n", "latin1"),
      "docs/large.md": `# Large\n\n${"word ".repeat(250_000)}`,
      "code/video.ts": Buffer.from([0x47, 0x40, 0x00, 0x10, 0xff]),
    });
    const { code, docs, codeFiles } = await tree.index();
    expect({ code, docs, codeFiles }).to.deep.equal({
      code: 0,
      docs: { starts: 2, adds: 2 },
      codeFiles: { starts: 1, adds: 1 },
    });
    expect(await tree.pages()).to.deep.equal(["latin.html"]);
    expect(tree.rows()).to.deep.equal([
      "large.md:1 not indexed: too large, or not text",
      "latin.md:1 Caf\ufffd tides",
      "video.ts:1 not indexed: too large, or not text",
    ]);
  });

  it("leaves nothing behind once it is dropped", async () => {
    await using tree = await DocsSearchTree.create({ "docs/a.md": "# A\n", "code/a.ts": "export const a = 1;\n" });
    await tree.index();
    expect((await tree.drop()).code).to.equal(0);
    expect(await tree.pages().catch(() => [])).to.deep.equal([]);
    expect(() => tree.rows()).to.throw(/no such table/);
  });
});
