import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { requireProgram } from "../../require-program.ts";
import { runCommand } from "../../run-command.ts";
import { CLI_FILE, useCliFolder } from "../cli-folder.ts";
import { WAITING_APP } from "../endless-apps.ts";
import { doublingApp } from "./doubling-app.ts";

describe("tidemark update --json", () => {
  const folder = useCliFolder();

  async function runJson(
    ...args: readonly string[]
  ): Promise<{ records: Record<string, unknown>[]; stderr: string; code: number | null }> {
    const { stdout, stderr, code } = await folder.run("update", "app.ts", "--json", ...args);
    const lines = stdout.split("\n");
    expect(lines.pop()).to.equal("");
    return { records: lines.map((line) => JSON.parse(line) as Record<string, unknown>), stderr, code };
  }

  it("prints snapshots and nothing else, the run's own final one last", async () => {
    await folder.write("app.ts", doublingApp([1, 2], [3]));
    const { records, stderr, code } = await runJson();
    expect(code).to.equal(0);
    const last = records.at(-1)!;
    expect(last).to.include({ app: "numbers", group: null, status: "ready", result: "the result", final: true });
    expect(last).to.have.nested.property("stats.byComponent.double.numAdds", 2);
    const groupEnd = records.findLast(({ group }) => group === "More");
    expect(groupEnd).to.include({ app: "numbers", status: "ready", result: null, final: true });
    expect(groupEnd).to.have.nested.property("stats.byComponent.double.numFinished", 1);
    expect(records.filter(({ final }) => final)).to.have.length(2);
    expect(stderr).to.equal("main runs\n");
  });

  it("ends a run that fails with a line that has its error", async () => {
    await folder.write(
      "app.ts",
      `import { App, fn } from "tidemark";
      export const app = new App("failing", fn(function main(): void { throw new RangeError("boom"); }));`,
    );
    const { records, stderr, code } = await runJson();
    expect(code).to.equal(1);
    expect(records.at(-1)).to.deep.include({
      group: null,
      final: true,
      error: { name: "RangeError", message: "boom" },
    });
    expect(stderr).to.include("error: RangeError: boom");
  });

  it("keeps the exit code of failed components", async () => {
    await folder.write("app.ts", doublingApp([-1]));
    const { records, code } = await runJson();
    expect(code).to.equal(3);
    expect(records.at(-1)).to.have.nested.property("stats.total.numErrors", 1);
  });

  it("does not block a stream that is piped into standard output, such as that of a child process", async () => {
    await folder.write(
      "app.ts",
      `import { once } from "node:events";
      import { Readable } from "node:stream";
      import { App, fn } from "tidemark";
      export const app = new App("parent", fn(async function main() {
        // In pieces such as a child gives that is faster than its reader.
        const output = Readable.from(Array.from({ length: 30 }, () => "x".repeat(100_000)));
        output.pipe(process.stdout, { end: false });
        await once(output, "end");
      }));`,
    );
    const { records, stderr, code } = await runJson();
    expect(code).to.equal(0);
    expect(stderr.length).to.equal(3_000_000);
    expect(records.at(-1)).to.include({ app: "parent", final: true });
  });

  it("prints at most one line of a report in each --interval, and the last", async () => {
    const numSteps = 5;
    await folder.write(
      "app.ts",
      `import { existsSync } from "node:fs";
      import { setTimeout } from "node:timers/promises";
      import { App, fn, mount } from "tidemark";
      const step = fn(async function step(number: number) {
        while (!existsSync(\`seen-\${number}\`)) await setTimeout(5);
        // Longer than the report takes to have something new.
        await setTimeout(30);
      });
      export const app = new App("stepped", fn(async function main() {
        for (let number = 1; number <= NUM_STEPS; number++) await (await mount(\`step \${number}\`, step, number)).ready();
      }));`.replace("NUM_STEPS", String(numSteps)),
    );
    const running = folder.start("update", "app.ts", "--json", "--interval", "1");
    for (let number = 1; number <= numSteps; number++) {
      await running.until(() => running.stdout.includes(`"step":{"numExecutionStarts":${number},`));
      await folder.write(`seen-${number}`, "");
    }
    expect((await running.outcome).code).to.equal(0);
    const { records } = await runJson("--interval", "600000", "--full-reprocess");
    expect(records.map(({ final }) => final)).to.deep.equal([false, true]);
  });

  it("ends a run that is interrupted with a line that says so, and with 130", async () => {
    await folder.write("app.ts", WAITING_APP);
    const running = folder.start("update", "app.ts", "--json");
    await running.seen("at work");
    running.child.kill("SIGINT");
    const { code, stdout } = await running.outcome;
    expect(code).to.equal(130);
    const records = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(records.at(-1)).to.deep.include({
      group: null,
      final: true,
      error: { name: "AbortError", message: "Interrupted by SIGINT" },
    });
  });

  describe("read by jq", () => {
    before(function () {
      requireProgram(this, "jq");
    });

    async function pipeTo(jq: string): Promise<string> {
      await folder.write("app.ts", doublingApp([1, -1], [2]));
      const command = `"${process.execPath}" "${CLI_FILE}" update app.ts --json 2>errors | ${jq}`;
      const { code, output } = await runCommand("sh", ["-c", command], folder.path);
      expect(code, output).to.equal(0);
      return output;
    }

    it("is a stream of objects, the run's own final one last", async () => {
      const filter = '(.[-1] | .final and .group == null) and all(.[]; type == "object")';
      expect(await pipeTo(`jq -s '${filter}'`)).to.equal("true\n");
    });

    it("gives the documented output to the filter of the documentation", async () => {
      const docs = await readFile(join(import.meta.dirname, "../../../docs/cli.md"), "utf8");
      const [, filter = "no filter"] = /--json \| (jq .*)/.exec(docs) ?? [];
      expect(await pipeTo(filter)).to.equal('{"group":"More","errors":0}\n{"group":null,"errors":1}\n');
    });

    it("gives a number a line to the filter of --help", async () => {
      const { stdout } = await folder.run("update", "--help");
      const [, filter = "no filter"] = /--json \| (jq .*)/.exec(stdout) ?? [];
      expect(await pipeTo(filter)).to.match(/^(?:\d+\n)*3\n$/);
    });
  });
});
