/** The counters of one component function, or their sum; a frozen value. */
export interface ComponentStats {
  /** Executions started, memo hits and deletes included. */
  readonly numExecutionStarts: number;
  /** Executions skipped because nothing they depend on has changed. */
  readonly numUnchanged: number;
  /** First successes at a path. */
  readonly numAdds: number;
  /** Components that were removed with what they had declared. */
  readonly numDeletes: number;
  /** Successes at a path that had succeeded before. */
  readonly numReprocesses: number;
  /** Executions that failed. */
  readonly numErrors: number;
  /** unchanged + adds + deletes + reprocesses */
  readonly numProcessed: number;
  /** numProcessed + numErrors */
  readonly numFinished: number;
  /** max(0, numExecutionStarts - numFinished) */
  readonly numInProgress: number;
  /** Mounted, waiting for a slot; not yet started. */
  readonly numQueued: number;
}

/** The counters of one report; a frozen value. */
export interface UpdateStats {
  /**
   * By the name of the component function, in the order in which they first counted, but for names that are whole numbers, which
   * JavaScript puts first; no prototype. What has counted nothing is not in it.
   */
  readonly byComponent: Readonly<Record<string, ComponentStats>>;
  /** Summed over all components. */
  readonly total: ComponentStats;
}

/** The states of a report: `RUNNING` until it has caught up, then `READY`; `RUNNING` again while later changes are worked off. */
export const UpdateStatus = { RUNNING: "running", READY: "ready" } as const;

/** `"running"` until a report has caught up, then `"ready"`; `"running"` again while later changes are worked off. */
export type UpdateStatus = (typeof UpdateStatus)[keyof typeof UpdateStatus];

/** One look at a report; a frozen value. */
export interface UpdateSnapshot<R = unknown> extends FreshnessFields {
  readonly stats: UpdateStats;
  readonly status: UpdateStatus;
  /** The value of the app's main function, in the final snapshot only; else `null`. */
  readonly result: R | null;
  /** Whether this is the last snapshot that there will be. */
  readonly final: boolean;
  /** Milliseconds since the report began. */
  readonly elapsedMs: number;
  /** Whether more components may still be found: while `true`, what is left to do is a lower bound. */
  readonly isListing: boolean;
  /** `elapsedMs` at which a component last finished; `null` if none has. */
  readonly lastFinishedMs: number | null;
  /** The component that has been at work for longest, those that wait for what they mounted left out; `null` when there is none. */
  readonly oldest: OldestInProgress | null;
}

/** A component in progress; a frozen value. */
export interface OldestInProgress {
  /** The name of the component function. */
  readonly component: string;
  /** The component's path, as text. */
  readonly path: string;
  /** `elapsedMs` of the report at which it started. */
  readonly startedMs: number;
  /** Mean time of this function's executions in the report, memo hits and deletes left out, in milliseconds; `null` before the first has ended. */
  readonly meanMs: number | null;
}

/** A live source that has failed, and is tried again after a pause; a frozen value. */
export interface FailingSource {
  /** The name of the component function, or of the live component. */
  readonly component: string;
  /** The path it is mounted at, as text. */
  readonly path: string;
  /** What it failed with last, as text. */
  readonly message: string;
  /** When it failed for the first time since it was last in order. */
  readonly since: Date;
  /** How many times it has failed since then. */
  readonly numFailures: number;
  /** When it is tried again. */
  readonly retryAt: Date;
}

/** How current a report is; part of its snapshots. Its dates cannot be set. */
export interface FreshnessFields {
  /** When everything known was last worked off, with no source failing; `null` while that has not been yet. */
  readonly caughtUpAt: Date | null;
  /** When the oldest change happened that is not worked off yet; `null` when none is waiting. */
  readonly oldestChangeAt: Date | null;
  /** The live sources that fail at the moment, those first that have failed for longest; at most 100. */
  readonly failingSources: readonly FailingSource[];
}

/** The number of counters of a component; they are numbered as {@link COUNTER} says. */
export const COUNTER_COUNT = 6;

/** The place of each counter in a cell. */
export const COUNTER = { starts: 0, unchanged: 1, adds: 2, deletes: 3, reprocesses: 4, errors: 5 } as const;

/** How an execution ended. */
export type Outcome = Exclude<keyof typeof COUNTER, "starts">;

/** Builds the frozen stats of six counts, in the order of {@link COUNTER}, and a queue length. */
export function createComponentStats(counts: readonly number[], numQueued: number): ComponentStats {
  const [starts = 0, numUnchanged = 0, numAdds = 0, numDeletes = 0, numReprocesses = 0, numErrors = 0] = counts;
  const numProcessed = numUnchanged + numAdds + numDeletes + numReprocesses;
  const numFinished = numProcessed + numErrors;
  return Object.freeze({
    numExecutionStarts: starts,
    numUnchanged,
    numAdds,
    numDeletes,
    numReprocesses,
    numErrors,
    numProcessed,
    numFinished,
    numInProgress: Math.max(0, starts - numFinished),
    numQueued,
  });
}

/** Sums component stats. */
export function sumComponentStats(parts: Iterable<ComponentStats>): ComponentStats {
  const counts = [0, 0, 0, 0, 0, 0];
  let numQueued = 0;
  for (const part of parts) {
    counts[COUNTER.starts]! += part.numExecutionStarts;
    counts[COUNTER.unchanged]! += part.numUnchanged;
    counts[COUNTER.adds]! += part.numAdds;
    counts[COUNTER.deletes]! += part.numDeletes;
    counts[COUNTER.reprocesses]! += part.numReprocesses;
    counts[COUNTER.errors]! += part.numErrors;
    numQueued += part.numQueued;
  }
  return createComponentStats(counts, numQueued);
}
