import type { Notices } from "./notices.ts";
import type { ComponentFailure, Report } from "./report.ts";
import type { UpdateSnapshot, UpdateStats } from "./schema/stats.ts";
import { watchReport } from "./watch.ts";

/** A run or a stats group that can be followed, in this process or another one. */
export interface FollowableReport {
  /** The name of the app; `null` where it is not known. */
  readonly app: string | null;
  /** The title of a stats group; `null` for a run. */
  readonly title: string | null;
  /** Returns the counts of this moment; `null` before anything has started. */
  stats(): UpdateStats | null;
  /** Follows the report: its state, each later change and its end; a report that fails throws its error. */
  watch(): AsyncIterable<UpdateSnapshot>;
  /** Returns the newest failures that are counted in this report, oldest first. */
  failures(): readonly ComponentFailure[];
  /** The notices of the report; of this process only. */
  readonly notices?: Pick<Notices, "markShown" | "values">;
  /** Whether news cannot arrive at present. @default false */
  readonly isCutOff?: boolean;
}

/** Makes a report of this process followable. */
export function toFollowable(report: Report): FollowableReport {
  return {
    app: report.app,
    title: report.title,
    stats: () => report.stats(),
    watch: () => watchReport(report),
    failures: () => report.failures(),
    notices: report.notices,
  };
}
