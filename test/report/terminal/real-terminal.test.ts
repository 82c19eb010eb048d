import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { CLI_FILE, createCliFolder, type CliFolder } from "../../cli/cli-folder.ts";
import { STUCK_APP } from "../../cli/endless-apps.ts";
import { requireProgram } from "../../require-program.ts";
import { TmuxTerminal, type TerminalState } from "../../tmux.ts";
import { until } from "../../until.ts";
import { ENDLESS, PRINTING, TWO_ENVIRONMENTS } from "./terminal-programs.ts";

/** The terminal may have shown the Ctrl-C itself before it. */
const ENDED = /ENDED \d+$/;

const UNTOUCHED: Omit<TerminalState, "settings"> = { isCursorVisible: true, wraps: true, isAlternate: false };

(process.platform === "win32" ? describe.skip : describe)("progress in a real terminal", function () {
  this.timeout(40_000);

  before(function () {
    requireProgram(this, "tmux");
  });

  let folder: CliFolder;

  beforeEach(async () => {
    folder = await createCliFolder();
    await folder.write("app.ts", PRINTING);
    await folder.write("endless.ts", ENDLESS);
  });

  afterEach(async () => {
    await folder[Symbol.asyncDispose]();
  });

  function open(command: string, env: Readonly<Record<string, string>> = {}): Promise<TmuxTerminal> {
    return TmuxTerminal.open(command, { folder: folder.path, env });
  }

  const update = (...args: readonly string[]): string =>
    `${process.execPath} ${CLI_FILE} update app.ts ${args.join(" ")}`;

  async function kill(signal: NodeJS.Signals): Promise<void> {
    process.kill(Number(await readFile(join(folder.path, "pid"), "utf8")), signal);
  }

  /**
   * Acts while the program stands still and tmux has drawn everything. Otherwise tmux may draw at the new size a frame that was written
   * for the old one, which no program can tell.
   */
  async function whileHeld(terminal: TmuxTerminal, act: () => Promise<void>): Promise<void> {
    const [hold, held] = [join(folder.path, "hold"), join(folder.path, "held")];
    await writeFile(hold, "");
    await until(() => existsSync(held), { explain: () => "the program goes on" });
    await terminal.drained();
    await act();
    await Promise.all([hold, held].map((path) => rm(path)));
  }

  it("has every printed line once and whole, and one clean area, also when it is resized in the middle", async () => {
    await using terminal = await open(update());
    let middle = await terminal.waitFor(/^line 10\./);
    for (const [columns, rows, number] of [
      [50, 24, 25],
      [110, 30, 40],
      [64, 18, 70],
      [80, 24, 90],
    ] as const) {
      await whileHeld(terminal, () => terminal.resize(columns, rows));
      middle = await terminal.waitFor(new RegExp(`^line ${number}\\.`));
      expect(middle.filter((line) => line === "[Stats]").length, middle.join("\n")).to.be.at.most(1);
    }
    const lines = await terminal.waitFor(ENDED);
    const text = lines.join("\n");
    const numbers = lines
      .filter((line) => line.startsWith("line"))
      .map((line) => /^line (\d+)\.(?: äöü 古)?$/.exec(line)?.[1]);
    expect(
      numbers.toSorted((a, b) => Number(a) - Number(b)),
      text,
    ).to.deep.equal(Array.from({ length: 120 }, (_, index) => String(index)));
    expect(lines.filter((line) => line.startsWith("["))).to.deep.equal([
      "[Stats: First]",
      "[Stats: Second]",
      "[Stats]",
    ]);
    expect(lines.filter((line) => line.startsWith("Elapsed"))).to.have.length(3);
    const others = lines.filter((line) => !/^(?:line|\[Stats|✓|Elapsed|ENDED|$)/.test(line));
    expect(others).to.deep.equal([]);
    expect(text).to.match(/✓ work: 60 total \| 60 added\n/);
    expect(lines.filter((line) => line !== "").at(-1)).to.equal("ENDED 0");
    expect(await terminal.state()).to.include(UNTOUCHED);
  });

  it("leaves no old frame behind, not even in the history, when the area begins at the top", async () => {
    await folder.write("app.ts", PRINTING.replace("const line =", "await setTimeout(40); return; const line ="));
    await using terminal = await open(update());
    const lines = await terminal.waitFor(ENDED);
    expect(lines[0]).to.equal("[Stats: First]");
    expect(lines.filter((line) => line.startsWith("["))).to.deep.equal([
      "[Stats: First]",
      "[Stats: Second]",
      "[Stats]",
    ]);
  });

  it("is coloured unless NO_COLOR is set, which changes nothing else", async () => {
    for (const [env, isColoured] of [
      [{}, true],
      [{ NO_COLOR: "1" }, false],
    ] as const) {
      await using terminal = await open(`${process.execPath} endless.ts`, env);
      await terminal.waitFor(/wait: 1 total, 1 in-flight/);
      expect((await terminal.colours()).includes("\u001b[")).to.equal(isColoured);
      expect((await terminal.lines()).join("\n")).to.match(/^\S wait: 1 total, 1 in-flight/m);
      // It would keep the store from the next one for a while.
      await kill("SIGKILL");
      await terminal.waitFor(ENDED);
    }
  });

  it("says that nothing has finished for ten seconds, and what is at work, until something has", async () => {
    await folder.write(
      "app.ts",
      `import { existsSync } from "node:fs";
      import { setTimeout } from "node:timers/promises";
      import { App, fn, mountEach } from "tidemark";
      const work = fn(async function work(n: number) {
        while (n === 20 && !existsSync("go")) await setTimeout(20);
      });
      export const app = new App("stuck", fn(async function main() {
        await mountEach(work, Array.from({ length: 21 }, (_, n) => [n, n] as const));
      }));`,
    );
    await using terminal = await open(update());
    const stuck = await terminal.waitFor(
      /^! Nothing has finished for \d\d\.\d s: work at \/@work\/20 has been at work for \d\d\./,
    );
    expect(stuck.join("\n")).to.match(/^\S work: 21 total, 1 in-flight \| 20 added$/m);
    await folder.write("go", "");
    const lines = await terminal.waitFor(ENDED);
    expect(lines.join("\n")).to.include("✓ work: 21 total | 21 added").and.to.not.include("Nothing has finished");
    expect(lines).to.include("ENDED 0");
  });

  it("shows the runs of two environments in one area, and each final block once", async () => {
    await folder.write("two.ts", TWO_ENVIRONMENTS);
    await using terminal = await open(`${process.execPath} two.ts`);
    const running = (name: string): RegExp => new RegExp(`^\\S ${name}: 1 total, 1 in-flight$`);
    await terminal.waitFor(running("docs"));
    const both = await terminal.waitFor(running("code"));
    expect(both.filter((line) => running("docs").test(line))).to.have.length(1);
    await folder.write("code", "");
    const one = await terminal.waitFor(/^code is done/);
    expect(one.join("\n")).to.match(/^✓ code: 1 total \| 1 added$/m);
    await folder.write("docs", "");
    const lines = await terminal.waitFor(ENDED);
    for (const line of ["✓ code: 1 total | 1 added", "✓ docs: 1 total | 1 added", "code is done", "ENDED 0"]) {
      expect(lines.filter((other) => other === line)).to.deep.equal([line]);
    }
    expect(lines.filter((line) => line === "[Stats]")).to.have.length(2);
    expect(lines.join("\n")).to.not.include("in-flight");
    expect(await terminal.state()).to.include(UNTOUCHED);
  });

  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGKILL", 137],
  ] as const) {
    it(`leaves the terminal as it was, and the exit code to the shell, when ${signal} kills the program`, async () => {
      await using terminal = await open(`${process.execPath} endless.ts`);
      await terminal.waitFor(/wait: 1 total, 1 in-flight/);
      const before = await terminal.state();
      await kill(signal);
      const lines = await terminal.waitFor(ENDED);
      expect(lines.join("\n")).to.match(new RegExp(`^ENDED ${code}$`, "m"));
      expect(lines.filter((line) => line === "printed before")).to.have.length(1);
      expect(lines.filter((line) => line === "[Stats]")).to.have.length(1);
      expect(await terminal.state()).to.deep.equal(before);
      expect(before).to.include(UNTOUCHED);
    });
  }

  async function hook(code: string): Promise<string> {
    await folder.write("hooked.ts", ENDLESS.replace("// HOOK", code));
    return `${process.execPath} hooked.ts`;
  }

  it("shows the whole trace of an uncaught exception below the last frame, and keeps the exit code", async () => {
    const crash =
      'process.on("SIGUSR2", () => { process.stdout.write("unfinished"); throw new RangeError("crashed\\nin two lines"); });';
    await using terminal = await open(await hook(crash));
    await terminal.waitFor(/wait: 1 total, 1 in-flight/);
    await kill("SIGUSR2");
    const lines = await terminal.waitFor(ENDED);
    const text = lines.join("\n");
    expect(text).to.match(
      /printed before\n\[Stats\]\n(?:.*\n)*Elapsed .*\nunfinished.*\n(?:.*\n)*RangeError: crashed\nin two lines\n +at /,
    );
    expect(text).to.match(/^ENDED 1$/m);
    expect(await terminal.state()).to.include(UNTOUCHED);
  });

  it("lets the program's own handler decide what a signal does", async () => {
    await using terminal = await open(
      await hook('process.on("SIGTERM", () => { console.log("mine"); process.exit(7); });'),
    );
    await terminal.waitFor(/wait: 1 total, 1 in-flight/);
    await kill("SIGTERM");
    const lines = await terminal.waitFor(ENDED);
    expect(lines).to.include("mine").and.to.include("ENDED 7");
    expect(await terminal.state()).to.include(UNTOUCHED);
  });

  it("goes on below when the program's own handler lets it live", async () => {
    await using terminal = await open(await hook('process.on("SIGHUP", () => console.log("still alive"));'));
    await terminal.waitFor(/wait: 1 total, 1 in-flight/);
    await kill("SIGHUP");
    await terminal.waitFor(/^still alive/);
    const lines = await terminal.waitFor(/wait: 1 total, 1 in-flight/);
    expect(lines.filter((line) => line === "[Stats]")).to.have.length(1);
    expect(lines.indexOf("still alive")).to.be.lessThan(lines.indexOf("[Stats]"));
    // It would outlive its terminal.
    await kill("SIGKILL");
    await terminal.waitFor(ENDED);
  });

  it("stops gracefully at the first Ctrl-C, saying so, and ends with 130", async () => {
    await using terminal = await open(update());
    await terminal.waitFor(/^line 10\./);
    await terminal.press("C-c");
    const lines = await terminal.waitFor(ENDED);
    expect(lines.join("\n")).to.match(/Stopping \(press Ctrl-C again to end at once\)$/m);
    expect(lines.filter((line) => line === "■ Interrupted by SIGINT")).to.have.length(2);
    expect(lines.join("\n")).to.not.include("Failed").and.to.not.include("in-flight");
    expect(lines.join("\n")).to.match(/ENDED 130$/m);
    expect(await terminal.state()).to.include(UNTOUCHED);
  });

  it("ends at once at the second Ctrl-C", async () => {
    await folder.write("app.ts", STUCK_APP);
    await using terminal = await open(update());
    await terminal.waitFor(/^at work/);
    await terminal.waitFor(/^\[Stats\]/);
    await terminal.press("C-c");
    await terminal.waitFor(/Stopping \(press/);
    await terminal.press("C-c");
    const lines = await terminal.waitFor(ENDED);
    expect(lines.join("\n")).to.match(/ENDED 130$/m);
    expect(await terminal.state()).to.include(UNTOUCHED);
  });
});
