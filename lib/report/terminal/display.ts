import type { Clock } from "../../time/clock.ts";
import { FollowedReport, type ReportSource } from "./followed-report.ts";

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
export async function followReport(source: ReportSource, { clock, display, intervalMs }: FollowOptions): Promise<void> {
  const report = new FollowedReport(source, clock, intervalMs);
  display.add(report);
  await report.follow();
  await display.end(report);
}
