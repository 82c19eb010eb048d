import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A script, running in a process of its own. */
export interface Child extends AsyncDisposable {
  readonly process: ChildProcess;
  /** What it prints, line by line. */
  readonly lines: AsyncIterableIterator<string>;
  /** What it has printed as errors and warnings so far. */
  readonly errors: () => string;
  /** Ends it at once, as `kill -9` does, and resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts a script; `launcher` is put before the command, such as `["sh", "-c", "…"]`. */
export function startChild(script: URL, args: readonly string[], launcher: readonly string[] = []): Child {
  const [command, ...rest] = [...launcher, process.execPath, fileURLToPath(script), ...args];
  const child = spawn(command!, rest, { stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close");
  const errors: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  const kill = async () => {
    child.kill("SIGKILL");
    await closed;
  };
  return {
    process: child,
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    errors: () => Buffer.concat(errors).toString(),
    kill,
    [Symbol.asyncDispose]: kill,
  };
}
