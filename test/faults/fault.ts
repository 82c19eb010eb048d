import type { ThrownKind } from "../thrown-values.ts";

/** The effect of a fault on the process, the run, the step at which it happens, or the machine. */
export type FaultAct =
  | { readonly do: "kill" | "abort" | "close" }
  | { readonly do: "term"; readonly signal: "SIGTERM" | "SIGINT" }
  /** Only user code can reject and hang; a run with hanging user code is aborted or closed a few turns later. */
  | { readonly do: "throw" | "reject"; readonly value: ThrownKind }
  | { readonly do: "hang"; readonly end: "abort" | "close" }
  /** Fails the step with an error of the operating system, of SQLite, or of the store. */
  | { readonly do: "fail"; readonly code: string }
  /** Limits the size of files, or the number of further open files. */
  | { readonly do: "limit"; readonly of: "fsize" | "nofile"; readonly to: number }
  /** Fills the file system of the project up to so many free bytes. */
  | { readonly do: "fill"; readonly free: number }
  | { readonly do: "forbid"; readonly path: string; readonly mode: number }
  | { readonly do: "remove"; readonly path: string }
  /** Sets the clock of the process; only where it runs under libfaketime. */
  | { readonly do: "clock"; readonly offsetDays: number };

/** Calls that report nothing by an error, or release a resource, and the writes of the store, which fail by their commits. */
const QUIET = new Set(["closeSync", "lstatSync", "statSync", "readFileSync", "access", "write"]);

/** One fault of a run: it happens at the `nth` time at which the run comes to a step. */
export interface Fault {
  readonly at: string;
  /** From 1. */
  readonly nth: number;
  /** So many turns of the event loop after the step, for a fault that is not one of the step itself. */
  readonly turns: number;
  readonly act: FaultAct;
}

/** Acts that end a run: a second one of the same run changes nothing. */
const ENDING: ReadonlySet<FaultAct["do"]> = new Set(["kill", "term", "abort", "close"]);

/**
 * Whether an act must happen at its step itself. A run repairs a target folder that is gone when its targets are mounted; it does not look
 * again later.
 */
export function isAtOnce(act: FaultAct): boolean {
  return isLimitOfSizes(act) || isRemovalOfTarget(act);
}

/**
 * A limit of file sizes holds from the beginning of a run, as one that a process inherits. Under a limit that falls into the middle of a
 * commit, lmdb overflows a buffer.
 */
function isLimitOfSizes(act: FaultAct): boolean {
  return act.do === "limit" && act.of === "fsize";
}

function isRemovalOfTarget(act: FaultAct): boolean {
  return act.do === "remove" && ["out", "site"].includes(act.path);
}

/** The step before anything else of a run. */
export const BEGIN = "begin";

/** Acts that a run need not come across. */
const UNSURE: ReadonlySet<FaultAct["do"]> = new Set(["limit", "fill", "forbid"]);

/** Whether a fault can happen at a step; the names of calls of the system have no space and begin with the name of the system. */
export function fitsStep(act: FaultAct, step: string): boolean {
  const isOfSystem = /^(fs|sqlite|store)/.test(step);
  if (act.do === "fail") return isOfSystem && !step.includes(" ") && !QUIET.has(step.split(".").at(-1)!);
  if (step === BEGIN || isLimitOfSizes(act)) return step === BEGIN && isLimitOfSizes(act);
  if (isRemovalOfTarget(act)) return step === "main begin";
  return !["throw", "reject", "hang"].includes(act.do) || !isOfSystem;
}

/** Counts the acts of a run that can have made a difference; `hasFailed` says whether the run failed. */
export function countFaults(acts: readonly FaultAct[], hasFailed: boolean): number {
  const distinct = new Map(acts.map((act) => [ENDING.has(act.do) ? act.do : JSON.stringify(act), act]));
  const throwing = acts.filter(({ do: name }) => ["throw", "reject", "hang", "fail", "clock"].includes(name));
  const others = [...distinct.values()].filter((act) => !throwing.includes(act));
  return throwing.length + others.filter(({ do: name }) => hasFailed || !UNSURE.has(name)).length;
}

/** Describes a fault for a failure message. */
export function describeFault({ act, at, nth, turns }: Fault): string {
  const { do: name, ...details } = act;
  const more = Object.keys(details).length === 0 ? "" : ` ${JSON.stringify(details)}`;
  return `${name}${more} at ${at} #${nth}${turns === 0 ? "" : ` + ${turns} turns`}`;
}
