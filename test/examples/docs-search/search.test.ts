import { expect } from "chai";
import { DocsSearchTree } from "./docs-search-tree.ts";

const FILES = {
  "docs/tides.md": "# Tides\n\nThe moon moves the water.\n",
  "docs/boats.md": "# Boats\n\nBoats wait for tides, as all boats on the water do. \u001b[31mRed\u001b[0m sails.\n",
  "docs/log.md": "# Log\n\nTides, tides, tides, tides.\n",
  "code/tide.ts":
    "/** Back-pressure of tides. */\nexport function tideOf(day: number): number {\n  return day % 2;\n}\n",
};

describe("the search of docs-search", () => {
  let tree: DocsSearchTree;

  before(async () => {
    tree = await DocsSearchTree.create(FILES);
    await tree.index();
  });

  after(async () => {
    await tree[Symbol.asyncDispose]();
  });

  it("shows title, place and an excerpt with the words marked, what has them in its title first", async () => {
    const { code, stdout, stderr } = await tree.search("tides");
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(stdout.split("\n").slice(0, 3)).to.deep.equal([
      " 1. Tides",
      "    tides.md:1",
      "    # »Tides« The moon moves the water.",
    ]);
    expect(stdout).to.include("boats.md:1").and.to.include("log.md:1").and.to.include("tide.ts:1");
  });

  it("wants every word, in any form and order, in one argument or several", async () => {
    for (const words of [["water moon"], ["moons", "moving"]]) {
      const { code, stdout } = await tree.search(...words);
      expect({ code, hits: stdout.match(/\S+:\d+$/gm) }).to.deep.equal({ code: 0, hits: ["tides.md:1"] });
    }
  });

  it("takes operators and quotes of the query language for plain words", async () => {
    for (const words of ["back-pressure", '"tides', "tides*", "(tides", "^tides ++"]) {
      expect((await tree.search(words)).code, words).to.equal(0);
    }
    for (const words of ["boats NOT moon", "title:boats", "++", "NEAR("]) {
      expect((await tree.search(words)).code, words).to.equal(1);
    }
  });

  it("prints nothing that steers the terminal", async () => {
    const { stdout } = await tree.search("sails");
    expect(stdout).to.include("Red »sails«").and.not.to.include("\u001b");
  });

  it("says so, and ends with 1, when nothing is found", async () => {
    expect(await tree.search("submarine")).to.deep.equal({
      code: 1,
      stdout: "Nothing has all of: submarine\n",
      stderr: "",
    });
  });

  it("ends with 2 without words, without an index, and for a file that is none", async () => {
    await using empty = await DocsSearchTree.create({});
    expect(await tree.search()).to.deep.include({ code: 2, stdout: "" });
    const withoutIndex = await empty.search("tides");
    expect(withoutIndex).to.deep.include({ code: 2, stdout: "" });
    expect(withoutIndex.stderr).to.match(/^There is no index in .*search\.db yet: run npm start first\n$/);
    await empty.write("out/search.db", "no database");
    const broken = await empty.search("tides");
    expect(broken).to.deep.include({ code: 2, stdout: "" });
    expect(broken.stderr).to.match(/^Cannot search in .*: file is not a database; delete it and run npm start\n$/);
  });

  it("is the program that the next steps name, beside the pages", async () => {
    const { code, stdout } = await tree.nextSteps();
    expect(code).to.equal(0);
    expect(stdout)
      .to.include('npm run search -- "')
      .and.to.match(/The pages are in \S+pages\n$/);
  });
});
