import type { FollowableReport } from "../../progress/followable-report.ts";
import type { Clock } from "../../time/clock.ts";
import { FollowedReport } from "./followed-report.ts";

/** Shows reports until they end. */
export interface Display {
  /** Shows a report from now on. */
  add(report: FollowedReport): void;
  /** Shows a report that has ended for the last time, for good; others that end as well may be waited for. */
  end(report: FollowedReport): void | Promise<void>;
}

/** Options of {@link followReport}. */
export interface FollowOptions {
  readonly display: Display;
  readonly clock: Clock;
  /** The least time between two renewals of what is shown, in milliseconds. */
  readonly intervalMs: number;
}

/** A report that ends sooner shows as its final block only. */
export const QUIET_START_MS = 300;

/** Shows a report until it ends. The promise resolves after its last block, and never rejects. */
export async function followReport(
  report: Omit<FollowableReport, "app" | "stats">,
  { clock, display, intervalMs }: FollowOptions,
): Promise<void> {
  const followed = new FollowedReport(report, clock, intervalMs);
  display.add(followed);
  await followed.follow();
  await display.end(followed);
}
