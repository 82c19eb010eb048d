import { execFile, type ExecFileException } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How a program is run. */
export interface ProgramOptions {
  readonly nodeOptions?: readonly string[];
  /** Beyond what this process has. */
  readonly env?: Readonly<Record<string, string>>;
  /** What runs it, if not Node. */
  readonly executable?: string;
}

/**
 * Runs a program of the bench in a process of its own and gives the JSON it prints as its last line. Every measurement has its own
 * process, so that none profits from what another has warmed up.
 */
export async function runProgram<T>(
  path: string,
  args: readonly string[],
  { env = {}, executable = process.execPath, nodeOptions = [] }: ProgramOptions = {},
): Promise<T> {
  const file = fileURLToPath(new URL(path, import.meta.url));
  const output = await execute(executable, [...nodeOptions, file, ...args], { env });
  return JSON.parse(output.trimEnd().split("\n").at(-1)!) as T;
}

/** Runs a command to its end and gives what it printed; rejects with what it wrote to standard error when it fails. */
export function execute(
  command: string,
  args: readonly string[],
  { cwd = process.cwd(), env = {} }: Pick<ProgramOptions, "env"> & { readonly cwd?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 1 << 26, env: { ...process.env, ...env }, cwd };
    execFile(command, args, options, (error: ExecFileException | null, stdout: string, stderr: string) => {
      if (error === null) return resolve(stdout);
      const reason = stderr.trim() || error.message;
      reject(new Error(`Cannot run ${command} ${args.join(" ")}: ${reason}`, { cause: error }));
    });
  });
}
