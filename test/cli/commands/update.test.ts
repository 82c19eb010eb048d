import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { createCliFolder, useCliFolder } from "../cli-folder.ts";
import { WAITING_APP } from "../endless-apps.ts";
import { doublingApp } from "./doubling-app.ts";

describe("tidemark update", () => {
  const folder = useCliFolder();

  it("runs the app and prints its progress, and that of groups that ask for it", async () => {
    await folder.write("app.ts", doublingApp([1, 2, 3], [4]));
    const { code, stdout, stderr } = await folder.run("update", "app.ts");
    expect(stderr).to.equal("");
    expect(code).to.equal(0);
    expect(stdout).to.match(/\[Stats\]\n(.*\n)*✓ double: 3 total \| 3 added\n(.*\n)*Elapsed \d+\.\d s\n\n/);
    expect(stdout).to.match(/\[Stats: More\]\n✓ double: 1 total \| 1 added\nElapsed \d+\.\d s\n\n/);
  });

  it("runs only what has changed the next time, and everything with --full-reprocess", async () => {
    await folder.write("app.ts", doublingApp([1, 2, 3]));
    await folder.run("update", "app.ts");
    await folder.write("app.ts", doublingApp([1, 2, 4]));
    expect((await folder.run("update", "app.ts:numbers")).stdout).to.include(
      "double: 4 total | 1 added, 1 deleted, 2 unchanged",
    );
    expect((await folder.run("update", "app.ts", "--full-reprocess")).stdout).to.include(
      "double: 3 total | 3 reprocessed",
    );
  });

  it("deletes no more than --max-deletes allows", async () => {
    await folder.write("app.ts", doublingApp([1, 2, 3]));
    await folder.run("update", "app.ts");
    await folder.write("app.ts", doublingApp([1]));
    const refused = await folder.run("update", "app.ts", "--max-deletes", "50%");
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.include("at most 50% may vanish in one run, got 2 of 3");
    const lifted = await folder.run("update", "app.ts", "--max-deletes", "Infinity");
    expect(lifted.stdout).to.include("double: 3 total | 2 deleted, 1 unchanged");
    for (const text of ["abc", "infinity", "2.5", "101%", "$&"]) {
      const wrong = await folder.run("update", "app.ts", `--max-deletes=${text}`);
      expect(wrong.code).to.equal(2);
      expect(wrong.stderr).to.match(/`--max-deletes` must be an integer/);
      expect(wrong.stderr).to.include(`got "${text}"`);
    }
  });

  it("prints only what the app prints with --quiet", async () => {
    await folder.write("app.ts", doublingApp([1], [2]));
    expect(await folder.run("update", "app.ts", "-q")).to.deep.equal({ code: 0, stdout: "main runs\n", stderr: "" });
  });

  it("ends with 3 when components failed, and sums up the causes", async () => {
    await folder.write("app.ts", doublingApp([1, -1, -2], [-3]));
    const { code, stderr } = await folder.run("update", "app.ts");
    expect(code).to.equal(3);
    expect(stderr).to.match(/3 failures:\n {2}✗ 3 times RangeError: too small \(first at \/.*-[123]\)\n$/);
  });

  it("prints each failure in full with --verbose, as it comes, with the user's frames only", async () => {
    await folder.write("app.ts", doublingApp([1, -1], [-3]));
    const { code, stderr } = await folder.run("update", "app.ts", "--verbose");
    expect(code).to.equal(3);
    expect(
      stderr.match(/^✗ double at \/.* failed:\nRangeError: too small\n +at double \(.*app\.ts:\d+:\d+\)/gm),
    ).to.have.length(2);
    expect(stderr).to.match(/2 failures:\n {2}✗ 2 times RangeError: too small/);
    expect(stderr).to.not.include("/dist/");
  });

  it("prints each failure in full with --verbose also where the program has a handler of its own (a bug once)", async () => {
    await folder.write(
      "app.ts",
      `import { App, componentSubpath, Environment, exceptionHandler, fn, mount } from "tidemark";
      const fail = fn(function fail(what: unknown): never { throw what; });
      const environment = new Environment({ onException: () => {} });
      const same = new RangeError("shared");
      export const app = new App({ name: "handled", environment }, fn(async function main() {
        await exceptionHandler(() => {}, async () => {
          for (const [place, what] of ["text", same, same, new TypeError("mine")].entries()) {
            await mount(\`place \${place}\`, fail, what);
          }
        });
      }));`,
    );
    const { code, stderr } = await folder.run("update", "app.ts", "--verbose");
    expect(code, stderr).to.equal(3);
    expect(
      [...stderr.matchAll(/^✗ fail at \/"place (\d)" failed:\n(.*)$/gm)].map(([, ...found]) => found),
    ).to.deep.equal([
      ["0", "'text'"],
      ["1", "RangeError: shared"],
      ["2", "RangeError: shared"],
      ["3", "TypeError: mine"],
    ]);
  });

  it("prints each of very many failures once with --verbose", async () => {
    await folder.write("app.ts", doublingApp(Array.from({ length: 1000 }, (_, index) => -1 - index)));
    const { stderr } = await folder.run("update", "app.ts", "--verbose");
    const places = stderr.match(/^✗ double at \/.* failed:$/gm);
    expect(places).to.have.length(1000);
    expect(new Set(places)).to.have.length(1000);
  });

  it("counts all failures of a cause, however many more than a report keeps", async () => {
    await folder.write("app.ts", doublingApp(Array.from({ length: 1000 }, (_, index) => -1 - index)));
    const { stderr } = await folder.run("update", "app.ts");
    const [, numFailures] = /^([\d,]+) failures/.exec(stderr) ?? [];
    expect(numFailures).to.equal("1,000");
  });

  it("prints lines without a single escape byte in a pipe", async () => {
    await folder.write("app.ts", doublingApp([1, -1], [2]));
    const { stdout, stderr } = await folder.run("update", "app.ts");
    expect(stdout + stderr).to.not.include("\u001b");
  });

  describe("TIDEMARK_PROGRESS", () => {
    for (const [mode, pattern] of [
      ["tty", new RegExp(String.raw`${"\u001b"}\[`)],
      ["plain", /^main runs\n\[Stats/],
      ["json", /^\{"app":"numbers".*\}\n$/s],
      ["none", /^main runs\n$/],
    ] as const) {
      it(`chooses ${mode}`, async () => {
        await using own = await createCliFolder({ TIDEMARK_PROGRESS: mode, FORCE_COLOR: "1" });
        await own.write("app.ts", doublingApp([1], [2]));
        const { code, stdout } = await own.run("update", "app.ts");
        expect(stdout).to.match(pattern);
        expect(code).to.equal(0);
      });
    }

    it("gives way to options of the command line", async () => {
      await using own = await createCliFolder({ TIDEMARK_PROGRESS: "tty" });
      await own.write("app.ts", doublingApp([1], [2]));
      expect((await own.run("update", "app.ts", "-q")).stdout).to.equal("main runs\n");
      expect((await own.run("update", "app.ts", "--json")).stdout).to.match(/^\{.*\}\n$/s);
    });

    it("is wrong usage when it is something else", async () => {
      await using own = await createCliFolder({ TIDEMARK_PROGRESS: "fancy" });
      await own.write("app.ts", doublingApp([1], [2]));
      const { code, stderr } = await own.run("update", "app.ts");
      expect(code).to.equal(2);
      expect(stderr).to.include("`TIDEMARK_PROGRESS` must be tty, plain, json or none");
    });
  });

  describe("in GitHub Actions", () => {
    it("makes an annotation of each cause, and a table in the job's summary", async () => {
      const summary = join(folder.path, "summary.md");
      await using own = await createCliFolder({ GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary });
      await own.write("app.ts", doublingApp([1, -1, -2], [2]));
      const { code, stdout, stderr } = await own.run("update", "app.ts");
      expect(code).to.equal(3);
      expect(stdout).to.not.include("::error");
      expect(stderr.match(/^::error .*$/gm)).to.have.length(1);
      expect(stderr).to.match(/^::error title=double::2 times RangeError: too small \(first at .*\)$/m);
      expect(await readFile(summary, "utf8")).to.include("| More | double | 1 | 1 | 0 | 0 | 0 | 0 |");
    });

    it("runs all the same when the summary cannot be written", async () => {
      await using own = await createCliFolder({ GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: folder.path });
      await own.write("app.ts", doublingApp([1], [2]));
      const { code, stderr } = await own.run("update", "app.ts");
      expect(code).to.equal(0);
      expect(stderr).to.include("warning: Cannot write the job summary");
    });
  });

  it("ends with 3 when only a member of a group failed, also with --quiet", async () => {
    await folder.write("app.ts", doublingApp([1], [-3]));
    const { code, stdout } = await folder.run("update", "app.ts", "--quiet");
    expect(code).to.equal(3);
    expect(stdout).to.equal("main runs\n");
  });

  it("ends with 1 when the run fails, and shows the error with the user's frames only", async () => {
    await folder.write(
      "app.ts",
      `import { App, fn } from "tidemark";
      function explode(): never { throw new RangeError("boom", { cause: new Error("deeper") }); }
      export const app = new App("failing", fn(function main(): void { explode(); }));`,
    );
    const { code, stdout, stderr } = await folder.run("update", "app.ts");
    expect(code).to.equal(1);
    expect(stdout).to.include("✗ Failed: RangeError: boom\n");
    expect(stderr).to.match(/error: RangeError: boom\n +at explode \(.*app\.ts:2:\d+\)/);
    expect(stderr).to.include("[cause]: Error: deeper");
    expect(stderr).to.not.include("/dist/");
  });

  it("says which process holds the store, and ends with 1", async () => {
    await folder.write("app.ts", WAITING_APP);
    const first = folder.start("update", "app.ts");
    await first.seen("at work");
    const { code, stderr } = await folder.run("update", "app.ts");
    expect(code).to.equal(1);
    expect(stderr).to.match(/^error: Cannot open store at .*: it is in use by process \d+ on .*\n$/);
  });

  describe("--reset", () => {
    it("drops the app first with -f", async () => {
      await folder.write("app.ts", doublingApp([1, 2]));
      await folder.run("update", "app.ts");
      const { code, stdout } = await folder.run("update", "app.ts", "--reset", "-f");
      expect(code).to.equal(0);
      expect(stdout).to.include("double: 2 total | 2 added");
    });

    it("refuses to ask without a terminal, unless there is nothing to drop", async () => {
      await folder.write("app.ts", doublingApp([1]));
      expect((await folder.run("update", "app.ts", "--reset")).code).to.equal(0);
      const { code, stdout, stderr } = await folder.run("update", "app.ts", "--reset");
      expect(code).to.equal(2);
      expect(stdout).to.equal("");
      expect(stderr).to.include("use -f to go on without being asked");
    });
  });
});
