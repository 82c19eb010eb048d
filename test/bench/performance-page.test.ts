import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { fillSlot } from "../../bench/performance-page.ts";
import { ROOT } from "../examples/run-program.ts";
import { createTempFolder } from "../temp-folder.ts";

const MAIN = join(ROOT, "bench/main.ts");

describe("docs/performance.md", () => {
  it("has a place for each table of this build alone", async () => {
    const page = await readFile(join(ROOT, "docs/performance.md"), "utf8");
    const failure = await runBench("no-such-table").catch((error: Error & { stderr: string }) => error);
    const names = /choose from (.*)/.exec((failure as { stderr: string }).stderr)![1]!.split(", ");
    expect(names).to.include.members(["update", "cocoindex", "components"]);
    const shown = ["machine", ...names.filter((name) => name !== "builds")];
    for (const name of shown) expect(fillSlot(page, name, "new")).to.include("\n\nnew\n\n");
  });
});

describe("fillSlot", () => {
  it("replaces the text between the marks of a name", () => {
    const page = "a\n<!-- bench:x -->\nold\n<!-- /bench:x -->\nb\n";
    expect(fillSlot(page, "x", "new")).to.equal("a\n<!-- bench:x -->\n\nnew\n\n<!-- /bench:x -->\nb\n");
    expect(() => fillSlot(page, "y", "new")).to.throw("Cannot write y into docs/performance.md");
  });
});

describe("npm run bench", function () {
  this.timeout(60_000);

  it("prints a table, and writes it as JSON, with its plot as SVG", async () => {
    await using folder = await createTempFolder();
    const { stdout } = await runBench("keys", "--size", "20", "--repetitions", "1", "--out", folder.path);
    expect(stdout).to.include("Keys of a path, 20 components\n\n| keys");
    const json = JSON.parse(await readFile(join(folder.path, "keys.json"), "utf8")) as Record<string, unknown>;
    expect(json).to.include.keys("at", "machine", "title", "columns", "rows", "notes");
    expect(await readFile(join(folder.path, "keys.svg"), "utf8")).to.include("<polyline");
  });

  it("refuses a size that is none", async () => {
    const failure = await runBench("keys", "--size", "many").catch((error: Error & { code: number }) => error);
    expect(failure).to.include({ code: 2 });
    expect((failure as unknown as { stderr: string }).stderr).to.include(
      '--size must be a whole number above 0, got "many"',
    );
  });
});

function runBench(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, [MAIN, ...args], { cwd: ROOT });
}
