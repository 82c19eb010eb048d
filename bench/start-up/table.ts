import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { interleave } from "../measure.ts";
import { execute } from "../program.ts";
import { SkippedError } from "../skipped.ts";
import { median, type BenchOptions, type Table } from "../table.ts";
import { prepareCocoIndex } from "../update/cocoindex.ts";

const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));
const NODE = process.execPath;

interface Command {
  readonly label: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The runtime that does nothing: what a command takes more than this is its own. */
  readonly bare: Command | undefined;
  /** What it must print. */
  readonly output?: RegExp;
}

/** From the start of a process to its end: importing each entry point, the help, and the first count. */
export async function measureStartUp({ repetitions, size = 4 }: BenchOptions): Promise<Table> {
  const { commands, notes } = await listCommands();
  // Each is short, so that many fit in.
  const measured = await interleave(commands, repetitions * size, (command) => timeOf(command));
  const rows = commands.map((command) => {
    const ms = median(measured.get(command)!);
    const bareMs = command.bare === undefined ? ms : median(measured.get(command.bare)!);
    return [command.label, ms, ms - bareMs, ms / bareMs];
  });
  return {
    title: "Start-up",
    columns: ["", "ms", "ms above the bare runtime", "times the bare runtime"],
    rows,
    notes: [`Medians of ${repetitions * size} processes each, in turn, from start to end.`, ...notes],
  };
}

async function listCommands(): Promise<{ commands: Command[]; notes: string[] }> {
  const bare: Command = { ...evaluate("bare Node", ""), bare: undefined };
  const { exports } = JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8")) as { exports: Record<string, unknown> };
  const entries = Object.keys(exports).filter((path) => path !== "./package.json");
  const own = [
    ...entries
      .map((path) => `tidemark${path.slice(1)}`)
      .map((name) => evaluate(`import "${name}"`, `import "${name}"`)),
    { label: "tidemark --help", command: NODE, args: ["dist/cli/main.js", "--help"], output: /^Usage: tidemark/ },
    { label: "first count", command: NODE, args: ["bench/start-up/first-count.mjs"], output: /^1$/ },
  ].map((command) => ({ ...command, bare }));
  try {
    const { side } = await prepareCocoIndex();
    const { executable: python = "python3" } = side;
    const barePython: Command = { label: "bare Python", command: python, args: ["-c", ""], bare: undefined };
    const peer = [
      { label: "Python: import cocoindex", args: ["-c", "import cocoindex"] },
      { label: "cocoindex --help", args: ["-m", "cocoindex.cli", "--help"] },
    ].map((command) => ({ ...command, command: python, bare: barePython }));
    return { commands: [bare, ...own, barePython, ...peer], notes: [] };
  } catch (error) {
    if (!(error instanceof SkippedError)) throw error;
    return { commands: [bare, ...own], notes: [error.message] };
  }
}

function evaluate(label: string, code: string): Omit<Command, "bare"> {
  return { label, command: NODE, args: ["--input-type=module", "-e", code] };
}

async function timeOf({ args, command, output }: Command): Promise<number> {
  const startedAt = performance.now();
  const stdout = await execute(command, args, { cwd: ROOT });
  const elapsedMs = performance.now() - startedAt;
  if (output !== undefined && !output.test(stdout.trim())) {
    throw new Error(`Cannot measure ${args.join(" ")}: it printed ${JSON.stringify(stdout.slice(0, 200))}`);
  }
  return elapsedMs;
}
