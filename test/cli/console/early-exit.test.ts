import { expect } from "chai";
import { useCliFolder } from "../cli-folder.ts";

/** A module with an app whose main function has `main` as its body. */
function appOf(main: string, before: string = ""): string {
  return `import { App, exceptionHandler, fn, LiveMap, mount, mountEach } from "tidemark";
    ${before}
    export const app = new App("app", fn(async function main(): Promise<void> { ${main} }));`;
}

const LATER = "await new Promise((resolve) => setTimeout(resolve, 10));";
const LIVE = `await mountEach(fn(function doc(text: string): void { if (text === "2") process.exit(0); }), map);
  setTimeout(() => map.set("a", "2"), 10);`;
const HANG = "await new Promise(() => setInterval(() => {}, 1e6));";
const IMPORT = 'import { exit } from "node:process";';
const SET_ON_EXIT = 'process.on("exit", () => { process.exitCode = 0; });';

describe("a program that ends the process", () => {
  const folder = useCliFolder();

  const EXITS: readonly [where: string, source: string, frame: string, args?: readonly string[]][] = [
    ["in a component", appOf("await mount(function leave(): void { process.exit(0); });"), "at leave ("],
    ["in the main function", appOf("process.exit(0);"), "at main ("],
    ["without a code", appOf("process.exit();"), "at main ("],
    ["after a while", appOf(`${LATER} process.exit(0);`), "at main ("],
    [
      "in a timer",
      appOf("setTimeout(() => process.exit(0), 1); await new Promise(() => setInterval(() => {}, 1e6));"),
      "app.ts",
    ],
    [
      "in a promise that nothing waits for",
      appOf("void Promise.resolve().then(() => process.exit(0)); " + LATER),
      "app.ts",
    ],
    ["when it is imported", appOf("", "process.exit(0);"), "app.ts:2"],
    [
      "in an exception handler",
      appOf(`await exceptionHandler(() => process.exit(0), async () => {
        await mount(function bad(): void { throw new Error("bad"); });
      });`),
      "app.ts",
    ],
    [
      "in a listener of beforeExit",
      appOf('process.once("beforeExit", () => process.exit(0)); await new Promise(() => {});'),
      "",
    ],
    ["in a live run", appOf(LIVE, 'const map = new LiveMap([["a", "1"]]);'), "at doc (", ["--live"]],
    ["with the code of success but for failed components", appOf("process.exit(3);"), "at main ("],
    ["with the code of wrong usage", appOf("process.exit(2);"), "at main ("],
    ["in a run that prints JSON", appOf("process.exit(0);"), "at main (", ["--json"]],
    ["in a run that prints nothing", appOf("process.exit(0);"), "at main (", ["-q"]],
    ["by a function imported by name", appOf("exit(0);", IMPORT), "at main ("],
    ["by a function imported by name, in a timer", appOf(`setTimeout(() => exit(5), 1); ${HANG}`, IMPORT), "app.ts"],
    ["by a function imported by name, at import", appOf("", `${IMPORT} exit(0);`), "app.ts:2"],
    ["by a member of a namespace", appOf("p.exit(0);", 'import * as p from "node:process";'), "at main ("],
    ["by a default import", appOf("p.exit(0);", 'import p from "process";'), "at main ("],
    ["by a function kept in a variable", appOf("leave(0);", "const leave = process.exit;"), "at main ("],
    ["with a listener that sets the code", appOf("process.exit(0);", SET_ON_EXIT), "at main ("],
    ["with a listener that sets it and is added late", appOf(`${SET_ON_EXIT} process.exit(0);`), "at main ("],
    ["in a listener of the end", appOf("process.exit(5);", 'process.on("exit", () => process.exit(0));'), "at main ("],
    ["after it has removed all listeners", appOf("process.removeAllListeners(); process.exit(0);"), "at main ("],
  ];
  for (const [where, source, frame, args = []] of EXITS) {
    it(`${where} is said, and fails the command`, async () => {
      await folder.write("app.ts", source);
      const { code, stderr } = await folder.run("update", "app.ts", ...args);
      if (!where.includes("beforeExit")) {
        expect(stderr).to.match(/error: The program has called process\.exit\(\w*\) before the command had ended/);
      }
      expect(stderr).to.include(frame);
      expect(stderr).to.not.include("node:internal").and.not.include("dist/");
      expect(code).to.equal(1);
    });
  }

  for (const [command, ...args] of [["drop", "-f"], ["ls"], ["show"]] as const) {
    it(`is said by ${command} as well`, async () => {
      await folder.write("app.ts", appOf("", "process.exit(0);"));
      const { code, stderr } = await folder.run(command, "app.ts", ...args);
      expect(stderr).to.include("called process.exit(0)");
      expect(code).to.equal(1);
    });

    it(`is said by ${command} as well where the function is imported by name`, async () => {
      await folder.write("app.ts", appOf("", `${IMPORT} exit(0);`));
      const { code, stderr } = await folder.run(command, "app.ts", ...args);
      expect(stderr).to.include("called process.exit(0)");
      expect(code).to.equal(1);
    });
  }

  for (const [name, before, call] of [
    ["as a member", "", "process.reallyExit(0)"],
    ["imported by name", 'import { reallyExit } from "node:process";', "reallyExit(0)"],
  ] as const) {
    it(`at once, without its listeners, ${name}, is said`, async () => {
      await folder.write("app.ts", `// @ts-nocheck\n${appOf(`${call};`, before)}`);
      const { code, stderr } = await folder.run("update", "app.ts");
      expect(stderr).to.include("called process.reallyExit(0)").and.include("at main (");
      expect(code).to.equal(1);
    });
  }

  it("lets the code of an interruption stand", async () => {
    await folder.write(
      "app.ts",
      appOf(
        'process.on("SIGINT", () => process.exit(0)); console.error("at work"); setInterval(() => {}, 1e6); await new Promise(() => {});',
      ),
    );
    const running = folder.start("update", "app.ts");
    await running.seen("at work");
    running.child.kill("SIGINT");
    const { code, stderr } = await running.outcome;
    expect(stderr).to.include("called process.exit(0)");
    expect(code).to.equal(130);
  });

  it("is told from an error that nothing catches, which Node prints", async () => {
    await folder.write("app.ts", appOf(`setTimeout(() => { throw new Error("late"); }, 1); ${LATER}${LATER}`));
    const { code, stderr } = await folder.run("update", "app.ts");
    expect(stderr).to.include("Error: late").and.not.include("process.exit");
    expect(code).to.equal(1);
  });

  for (const listener of ["process.exitCode = 0;", "process.exit(0);"]) {
    it(`is told from an error that nothing catches with a listener of the end that does ${listener}`, async () => {
      const before = `process.on("exit", () => { ${listener} });`;
      await folder.write("app.ts", appOf(`setTimeout(() => { throw new Error("late"); }, 1); ${HANG}`, before));
      const { code, stderr } = await folder.run("update", "app.ts");
      expect(stderr).to.include("Error: late").and.not.include("before the command had ended");
      expect(code).to.equal(1);
    });
  }
});

describe("a program that sets the exit code", () => {
  const folder = useCliFolder();
  const BAD = 'await mount(function bad(): void { throw new Error("bad"); });';

  it("to that of a failure is told, and fails the command", async () => {
    await folder.write("app.ts", appOf("process.exitCode = 5;"));
    const { code, stderr } = await folder.run("update", "app.ts");
    expect(stderr).to.include("error: The program has set process.exitCode to 5, so the command ends with 1");
    expect(code).to.equal(1);
  });

  it("to that of success does not hide failures", async () => {
    await folder.write("app.ts", appOf(`process.exitCode = 0; ${BAD}`));
    expect((await folder.run("update", "app.ts")).code).to.equal(3);
  });

  it("when the process ends does not hide failures", async () => {
    await folder.write("app.ts", appOf(BAD, 'process.on("exit", () => { process.exitCode = 0; });'));
    expect((await folder.run("update", "app.ts")).code).to.equal(3);
  });

  it("by ending the process when it ends does not hide failures", async () => {
    await folder.write("app.ts", appOf(BAD, 'process.on("exit", () => process.exit(0));'));
    const { code, stderr } = await folder.run("update", "app.ts");
    expect(stderr).to.not.include("process.exit");
    expect(code).to.equal(3);
  });

  it("while the command's own code tells of failures keeps that", async () => {
    await folder.write("app.ts", appOf(`process.exitCode = 7; ${BAD}`));
    const { code, stderr } = await folder.run("update", "app.ts");
    expect(stderr).to.not.include("process.exitCode");
    expect(code).to.equal(3);
  });
});

describe("a program that waits for something that never comes", () => {
  const folder = useCliFolder();

  it("is told of, with the components in progress", async () => {
    await folder.write(
      "app.ts",
      appOf("await mount(async function hang(): Promise<void> { await new Promise(() => {}); });"),
    );
    const { code, stderr } = await folder.run("update", "app.ts", "-q");
    expect(stderr).to.equal(
      "error: Nothing is left to do, but the command has not ended: a promise never settles\nIn progress: main (1), hang (1)\n",
    );
    expect(code).to.equal(1);
  });

  it("is told of in a drop", async () => {
    await folder.write("app.ts", appOf(""));
    expect((await folder.run("update", "app.ts", "-q")).code).to.equal(0);
    await folder.write("app.ts", appOf("", "await new Promise(() => {});"));
    const { code, stderr } = await folder.run("drop", "app.ts", "-f");
    expect(stderr).to.include("a promise never settles");
    expect(code).to.equal(1);
  });
});
