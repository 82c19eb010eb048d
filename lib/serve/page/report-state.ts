import { RemainingEstimator } from "../../progress/view/remaining.ts";
import type { UpdateSnapshot } from "../../progress/schema/stats.ts";
import type { ErrorRecord } from "../../progress/record/update-record.ts";
import { RateMeter } from "./rate-meter.ts";

/** What the page knows of one report: a new value for each snapshot. */
export interface ReportState {
  /** The place among the groups of the update, from 0; `null` for the run's own report. */
  readonly index: number | null;
  /** The title of a stats group; `null` for the run's own report. */
  readonly title: string | null;
  /** Milliseconds since 1970, by the server's clock. */
  readonly startedAtMs: number;
  readonly snapshot: UpdateSnapshot;
  /** What ended it, if it failed. */
  readonly error: ErrorRecord | null;
  readonly estimator: RemainingEstimator;
  readonly rate: RateMeter;
}

/** What is new of a report. */
export interface ReportNews extends Pick<ReportState, "index" | "title" | "startedAtMs" | "snapshot"> {
  readonly error?: ErrorRecord | null;
}

/** The next state of a report; the same one for a snapshot that is older than the last. */
export function advanceReport(previous: ReportState | undefined, news: ReportNews): ReportState {
  const { error = null, index, snapshot, startedAtMs, title } = news;
  if (previous !== undefined && isOlder(snapshot, previous.snapshot)) return previous;
  const { estimator, rate } = previous ?? { estimator: new RemainingEstimator(), rate: new RateMeter() };
  estimator.take(snapshot);
  rate.take(snapshot.stats.total.numFinished, snapshot.elapsedMs);
  return { index, title, startedAtMs, snapshot, error: error ?? previous?.error ?? null, estimator, rate };
}

/** Milliseconds that a report has taken at `nowMs` of the server's clock. */
export function elapsedOf({ snapshot, startedAtMs }: ReportState, nowMs: number): number {
  return snapshot.final ? snapshot.elapsedMs : Math.max(snapshot.elapsedMs, nowMs - startedAtMs);
}

function isOlder(snapshot: UpdateSnapshot, known: UpdateSnapshot): boolean {
  if (known.final !== snapshot.final) return known.final;
  return snapshot.elapsedMs < known.elapsedMs;
}
