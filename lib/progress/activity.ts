import type { Clock } from "../time/clock.ts";
import type { Cell } from "./cell.ts";
import { Roster, type RosterEntry } from "./roster.ts";
import type { OldestInProgress, Outcome } from "./schema/stats.ts";

/** A component that is being executed, or deleted. */
export interface Execution {
  /** Where it is counted. */
  readonly cell: Cell;
  /** Its path, as text. */
  readonly path: string;
  /** Whether it only waits for what it has mounted. */
  readonly isWaiting: boolean;
}

/** An execution that is under way; it ends once, by {@link Activity.finish} or {@link Activity.cancel}. */
export type StartedExecution = RosterEntry<{ readonly execution: Execution; readonly startedAt: number }>;

/** The executions that are under way in one report, each with the time of its start. */
export class Activity {
  readonly #clock: Clock;
  /** In the order in which they started. */
  readonly #started = new Roster<StartedExecution["member"]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a start. */
  start(execution: Execution): StartedExecution {
    execution.cell.start();
    return this.#started.add({ execution, startedAt: this.#clock.now() });
  }

  /** Counts the end of an execution. */
  finish(started: StartedExecution, outcome: Outcome): void {
    const { execution, startedAt } = started.member;
    this.#started.remove(started);
    execution.cell.finish(outcome, this.#clock.now() - startedAt);
  }

  /** Takes a start back. */
  cancel(started: StartedExecution): void {
    this.#started.remove(started);
    started.member.execution.cell.cancel();
  }

  /** The one that has been at work for longest; times are counted from `origin`. */
  oldest(origin: number): OldestInProgress | null {
    const found = this.#started.find(({ execution }) => !execution.isWaiting);
    if (found === undefined) return null;
    const { cell, path } = found.execution;
    return Object.freeze({ component: cell.component, path, startedMs: found.startedAt - origin, meanMs: cell.meanMs });
  }
}
