import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** How a program is run. */
export interface ProgramOptions {
  readonly nodeOptions?: readonly string[];
  /** Beyond what this process has. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a program of the bench in a process of its own and gives the JSON it prints as its last line. Every measurement has its own
 * process, so that none profits from what another has warmed up.
 */
export async function runProgram<T>(
  path: string,
  args: readonly string[],
  { env = {}, nodeOptions = [] }: ProgramOptions = {},
): Promise<T> {
  const file = fileURLToPath(new URL(path, import.meta.url));
  const { stdout } = await execute(process.execPath, [...nodeOptions, file, ...args], {
    maxBuffer: 1 << 26,
    env: { ...process.env, ...env },
  });
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as T;
}
