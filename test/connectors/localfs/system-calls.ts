import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Context } from "mocha";
import { requireProgram } from "../../require-program.ts";

/** One call of the operating system. */
export interface SystemCall {
  readonly name: string;
  /** The paths that it names, also by descriptors. */
  readonly paths: readonly string[];
  readonly isDone: boolean;
  /** The lines of the trace in which it begins and ends. */
  readonly begin: number;
  readonly end: number;
}

const TRACED = "fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat";

/** Goes on only where processes can be traced: strace is installed, and the container permits it. */
export function requireTracing(context: Context): void {
  requireProgram(context, "strace");
  try {
    execFileSync("strace", ["-o", "/dev/null", "true"], { stdio: "ignore" });
  } catch {
    context.skip();
  }
}

/** Runs a script, and returns the calls that it has made to change or flush the file system, in the order of their begin. */
export function traceCalls(script: URL, args: readonly string[], folder: string): readonly SystemCall[] {
  const output = join(folder, "trace");
  const options = ["-f", "-y", "-s", "1000", "-e", `trace=${TRACED}`, "-o", output];
  execFileSync("strace", [...options, process.execPath, fileURLToPath(script), ...args], { stdio: "ignore" });
  return parseTrace(readFileSync(output, "utf8"));
}

/** Parses the output of `strace -f -y`: a call that another thread interrupts is continued in a later line. */
export function parseTrace(text: string): readonly SystemCall[] {
  const calls: { -readonly [K in keyof SystemCall]: SystemCall[K] }[] = [];
  const open = new Map<string, (typeof calls)[number]>();
  for (const [line, content] of text.split("\n").entries()) {
    const [, thread = "", rest = ""] = /^(\d+) +(.*)$/.exec(content) ?? [];
    const continued = rest.startsWith("<... ") ? open.get(thread) : undefined;
    const name = /^(\w+)\(/.exec(rest)?.[1];
    const isDone = rest.endsWith(" = 0");
    if (continued !== undefined) Object.assign(continued, { end: line, isDone });
    if (name === undefined) continue;
    const paths = [...rest.matchAll(/"([^"]*)"|\d+<([^>]*)>/g)].map(
      ([, quoted, ofDescriptor]) => quoted ?? ofDescriptor!,
    );
    const call = { name, paths, isDone, begin: line, end: line };
    calls.push(call);
    open.set(thread, call);
  }
  return calls.filter((call) => call.isDone);
}
