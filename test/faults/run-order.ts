import type { ComponentStats } from "../../lib/index.ts";
import type { FaultProject } from "./fault-project.ts";
import type { Fault } from "./fault.ts";

/** A run that a process is to make. */
export interface RunOrder {
  /** Marks the lines of this run on standard error. */
  readonly number: number;
  /** The folder of the project. */
  readonly base: string;
  /** The mounted file system that a fault can fill. */
  readonly disk?: string | undefined;
  readonly project: FaultProject;
  readonly faults: readonly Fault[];
  readonly isFull?: boolean;
  /** Whether the store is checked before the run, and checked with its targets after it, as `tidemark doctor` does. */
  readonly isChecked?: boolean;
  /** The states that a live run goes through; `undefined` for a run that is not live. */
  readonly liveStates?: readonly FaultProject[] | undefined;
  /** Whether the process ends in its handler of SIGTERM, after `close`; else it goes on to the next run. */
  readonly endsOnTerm?: boolean;
  /** Whether it is made without the rights of the superuser. */
  readonly isWithoutRights?: boolean;
}

/** An error, as text. */
export interface ErrorFacts {
  readonly name: string;
  readonly code: string | undefined;
  readonly message: string;
  readonly stack: string | undefined;
}

/** How a run ended. */
export interface RunEnd {
  readonly error: ErrorFacts | undefined;
  /** Whether it rejected with the reason of its signal. */
  readonly isAborted: boolean;
  readonly failures: readonly ErrorFacts[];
  readonly byComponent: Readonly<Record<string, ComponentStats>>;
  /** How often the run came to each step. */
  readonly steps: Readonly<Record<string, number>>;
  /** The problems that the checks of the store have found. */
  readonly problems: readonly string[];
  /** The error that `close` rejected with. */
  readonly closeError: ErrorFacts | undefined;
  readonly closeMs: number;
  /** The indexes of the faults that have happened. */
  readonly happened: readonly number[];
  readonly unhandled: readonly string[];
}

/** One line of the standard error of a process: a fault that has happened, or an unhandled error. */
export interface ChildNote {
  readonly run: number;
  readonly fault?: number;
  readonly unhandled?: string;
}

/** Describes an error that may be any value. */
export function errorFacts(error: unknown): ErrorFacts {
  try {
    const { code, message, name, stack } = error as Partial<ErrorFacts>;
    const text = typeof message === "string" ? message : String(error);
    const facts = { name: typeof name === "string" ? name : typeof error, message: text.slice(0, 500) };
    return { ...facts, code: typeof code === "string" ? code : undefined, stack: String(stack).slice(0, 1500) };
  } catch {
    return { name: typeof error, code: undefined, message: "planned: cannot be described", stack: undefined };
  }
}
