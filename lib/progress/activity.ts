import type { Clock } from "../time/clock.ts";
import type { Cell } from "./cell.ts";
import type { OldestInProgress, Outcome } from "./stats.ts";

/** A component that is being executed, or deleted. */
export interface Execution {
  /** Where it is counted. */
  readonly cell: Cell;
  /** Its path, as text. */
  readonly path: string;
  /** Whether it only waits for what it has mounted. */
  readonly isWaiting: boolean;
}

/** The executions that are under way in one report, each with the time of its start. */
export class Activity {
  readonly #clock: Clock;
  /** In the order in which they started. */
  readonly #startedAt = new Map<Execution, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a start. */
  start(execution: Execution): void {
    execution.cell.start();
    this.#startedAt.set(execution, this.#clock.now());
  }

  /** Counts the end of an execution. */
  finish(execution: Execution, outcome: Outcome): void {
    const startedAt = this.#startedAt.get(execution);
    this.#startedAt.delete(execution);
    execution.cell.finish(outcome, startedAt === undefined ? undefined : this.#clock.now() - startedAt);
  }

  /** Takes a start back. */
  cancel(execution: Execution): void {
    this.#startedAt.delete(execution);
    execution.cell.cancel();
  }

  /** The one that has been at work for longest; times are counted from `origin`. */
  oldest(origin: number): OldestInProgress | null {
    for (const [{ cell, isWaiting, path }, startedAt] of this.#startedAt) {
      if (isWaiting) continue;
      return Object.freeze({ component: cell.component, path, startedMs: startedAt - origin, meanMs: cell.meanMs });
    }
    return null;
  }
}
