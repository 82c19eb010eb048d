import { expect } from "chai";
import { DocsSearchTree } from "./docs-search-tree.ts";

describe("npm start -- --live", () => {
  it("finds text that was just written, and no deleted text, until Ctrl-C", async function () {
    this.timeout(60_000);
    await using tree = await DocsSearchTree.create({
      "docs/tides.md": "# Tides\n\nWater rises.\n",
      "code/moon.ts": "export const moon = 1;\n",
    });
    await using run = tree.follow();
    await run.caughtUp();
    const found = await tree.search("rises");
    expect(found.stdout, found.stderr).to.include("tides.md:1");
    expect((await tree.search("spring")).code).to.equal(1);

    await tree.write("docs/tides.md", "# Tides\n\nSpring tide.\n");
    await until(async () => (await tree.search("spring")).stdout.includes("tides.md:1"));
    expect((await tree.search("rises")).code).to.equal(1);

    await tree.write("code/new/sun.ts", "export const spring = 2;\n");
    await until(async () => (await tree.search("spring")).stdout.includes("sun.ts:1"));

    await tree.delete("docs/tides.md");
    await until(async () => !(await tree.search("tide")).stdout.includes("tides.md"));
    expect(await tree.pages()).to.deep.equal([]);

    const { stdout, stderr } = await run.stop();
    const last = JSON.parse(stdout.split("\n").findLast((line) => line.startsWith("{"))!) as object;
    expect(last).to.include({ group: null, status: "ready", final: true });
    expect(stderr).to.equal("Stopping (press Ctrl-C again to end at once)\n");
  });
});

/** Asks until the answer is yes; the test's own time limit ends it. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue()));
}
