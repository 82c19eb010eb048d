import type { ChildNote, RunEnd } from "./run-order.ts";

/** A run that has not ended after this time hangs: by itself it takes some milliseconds. */
export const MAX_RUN_MS = 90_000;

/** The outcome of a run in a child process, as its parent sees it. */
export interface ChildRun {
  /** `undefined` when the process has ended before. */
  readonly end: RunEnd | undefined;
  /** How the process has ended, if it has. */
  readonly exit: ProcessExit | undefined;
  readonly isHung: boolean;
  /** The indexes of the faults that have happened. */
  readonly happened: readonly number[];
  readonly unhandled: readonly string[];
  /** The other lines that the process printed on standard error. */
  readonly errors: string;
}

/** How a process has ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Reads the notes of a process about one run from its standard error. */
export function readChildNotes(number: number, printed: string): Pick<ChildRun, "happened" | "unhandled" | "errors"> {
  const lines = printed.split("\n").filter((line) => line !== "");
  const ofRun = lines.filter((line) => line.startsWith(`{"run":${number},`));
  const notes = ofRun.map((line) => JSON.parse(line) as ChildNote);
  return {
    happened: notes.flatMap(({ fault }) => fault ?? []),
    unhandled: notes.flatMap(({ unhandled }) => unhandled ?? []),
    errors: lines.filter((line) => !line.startsWith('{"run":')).join("\n"),
  };
}

/** The environment variables of a child process: Mocha's options for Node are not for it. */
export function withoutNodeOptions(more: Readonly<Record<string, string>>): Record<string, string | undefined> {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  return { ...inherited, ...more };
}
