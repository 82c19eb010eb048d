import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";

/** The folder of this checkout. */
export const ROOT: string = resolve(import.meta.dirname, "../..");

/** What a program left. */
export interface ProgramOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a file of this checkout under Node, in the checkout, with some more environment variables. */
export async function runProgram(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ProgramOutcome> {
  const child = startProgram(file, args, env);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: code as number | null, stdout, stderr };
}

/** A program that runs. */
export type RunningProgram = ChildProcessByStdio<null, Readable, Readable>;

/** Starts what {@link runProgram} runs. */
export function startProgram(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): RunningProgram {
  return start(process.execPath, [resolve(ROOT, file), ...args], env);
}

/** Starts npm in this checkout, as the leader of a process group: a signal to that reaches what npm runs, as Ctrl-C does. */
export function startNpm(args: readonly string[], env: Readonly<Record<string, string>>): RunningProgram {
  return start("npm", args, env, { detached: true });
}

function start(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  options: { readonly detached?: boolean } = {},
): RunningProgram {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  return spawn(command, args, {
    cwd: ROOT,
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
}
