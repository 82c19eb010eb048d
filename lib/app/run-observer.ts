import type { FollowableReport } from "../progress/followable-report.ts";
import type { Report } from "../progress/report.ts";

/** The handle of a run, as the run reports to it. */
export interface RunObserver {
  /** The run has begun, and counts in `report`; `stop` shuts a live run down gracefully. */
  started(report: Report, stop: () => void): void;
  /** A stats group was opened in the run. */
  groupOpened(group: FollowableReport): void;
}

/** Starts a run; resolves with its result. */
export type StartRun<R> = (observer: RunObserver) => Promise<R>;
