import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { VERSION } from "../../lib/version.ts";
import { CLI_FILE, createCliFolder, useCliFolder } from "./cli-folder.ts";

describe("tidemark", () => {
  const folder = useCliFolder();

  it("prints its version and its help on standard output", async () => {
    expect(await folder.run("--version")).to.deep.equal({ code: 0, stdout: `${VERSION}\n`, stderr: "" });
    const { code, stdout, stderr } = await folder.run("--help");
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    for (const part of ["Usage: tidemark", "update", "drop", "ls", "show", "init", "Examples:", "Exit codes"]) {
      expect(stdout).to.include(part);
    }
  });

  it("loads neither the store nor OpenTelemetry for its help", async () => {
    const spy = `data:text/javascript,${encodeURIComponent(`
      import { registerHooks } from "node:module";
      registerHooks({ load(url, context, next) { console.error(url); return next(url, context); } });
    `)}`;
    const child = spawn(process.execPath, ["--import", spy, CLI_FILE, "--help"]);
    const [stderr] = await Promise.all([text(child.stderr), text(child.stdout), once(child, "close")]);
    expect(stderr).to.include("/dist/cli/program.js");
    expect(stderr).to.not.match(/lmdb|opentelemetry|msgpackr|dist\/(engine|app|state)\//);
  });

  it("ends with 2 for wrong usage, and names what is nearest", async () => {
    const cases: [args: string[], part: string][] = [
      [["updat", "a.ts"], "Did you mean update?"],
      [["update", "a.ts", "--quite"], "Did you mean --quiet?"],
      [["update"], "missing required argument 'APP'"],
      [["update", "a.ts", "b.ts"], "too many arguments"],
      [["update", "a.ts", "--interval", "0"], "milliseconds greater than 0"],
      [["update", "a.ts", "--interval", "soon"], "milliseconds greater than 0"],
      [["update", "a.ts"], "error: Cannot find a.ts"],
      [[], "Usage: tidemark"],
    ];
    for (const [args, part] of cases) {
      const { code, stdout, stderr } = await folder.run(...args);
      expect(stderr, args.join(" ")).to.include(part);
      expect({ code, stdout }, args.join(" ")).to.deep.equal({ code: 2, stdout: "" });
    }
  });

  it("runs TypeScript on a Node that does not do so by itself, ES modules and CommonJS", async () => {
    await using own = await createCliFolder({ NODE_OPTIONS: "--no-strip-types" });
    await own.write("parts/answer.cts", "const answer: number = 42;\nmodule.exports = { answer };");
    await own.write("parts/name.mts", 'export const name: string = "typed";');
    await own.write(
      "app.ts",
      `import { App, fn } from "tidemark";
      import parts from "./parts/answer.cts";
      import { name } from "./parts/name.mts";
      const main = fn(function main(): void { console.log((parts as { answer: number }).answer); });
      export const app: App = new App(name, main);`,
    );
    expect(await own.run("update", "app.ts:typed", "-q")).to.deep.equal({ code: 0, stdout: "42\n", stderr: "" });
    await own.write("app.ts", "enum Colour { Red }\nexport const app = Colour.Red;");
    const { code, stderr } = await own.run("update", "app.ts");
    expect(code).to.equal(2);
    expect(stderr).to.include("app.ts:1:1").and.include("Write a const object or a union of literals");
  });

  it("shows a syntax error of the app's file as one, without a stack of its own", async () => {
    await folder.write("app.ts", "const a: number = 1;\nconst b: = 2;\n");
    const { code, stderr } = await folder.run("update", "app.ts");
    expect(code).to.equal(2);
    expect(stderr).to.match(/^error: Cannot load app\.ts: .*\n\n {2}app\.ts:2:10\n {2}const b: = 2;\n {11}\^\n$/);
  });

  it("says so when the app's file waits for something that never comes", async () => {
    await folder.write("app.ts", "await new Promise(() => {});");
    const { code, stderr } = await folder.run("update", "app.ts");
    expect(code).to.equal(1);
    expect(stderr).to.include("a promise never settles");
  });

  it("ends although the app's file keeps something open", async () => {
    await folder.write(
      "app.ts",
      `import { App, fn } from "tidemark";
      setInterval(() => {}, 1000);
      export const app = new App("open", fn(function main(): void {}));`,
    );
    expect((await folder.run("update", "app.ts", "-q")).code).to.equal(0);
  });

  it("does not crash when the reader of its output has gone", async () => {
    await folder.write(
      "app.ts",
      `import { App, fn } from "tidemark";
      export const app = new App("chatty", fn(async function main(): Promise<void> {
        console.error("at work");
        for (let line = 0; line < 2000; line++) console.log("x".repeat(100));
      }));`,
    );
    const running = folder.start("update", "app.ts");
    running.child.stdout!.destroy();
    const [code] = (await once(running.child, "exit")) as [number];
    expect(code).to.equal(0);
  });
});
