import type { FreshnessFields } from "../../progress/schema/stats.ts";

/** How current a report is, seen at one moment. */
export interface FreshnessView {
  /** How long ago everything known was last worked off, in milliseconds; `null` while it has not been yet. */
  readonly caughtUpForMs: number | null;
  /** How old the oldest change is that is not worked off yet, in milliseconds; `null` when none is waiting. */
  readonly behindMs: number | null;
  /** Those first that have failed for longest. */
  readonly failingSources: readonly FailingSourceView[];
}

/** A live source that fails, seen at one moment. */
export interface FailingSourceView {
  readonly component: string;
  /** The path it is mounted at, as text. */
  readonly path: string;
  /** What it failed with last, as text. */
  readonly message: string;
  /** The time until it is tried again, in milliseconds. */
  readonly retryInMs: number;
}

/** Of a report that has no live source, or of which nothing is known. */
export const NO_FRESHNESS: FreshnessView = { caughtUpForMs: null, behindMs: null, failingSources: [] };

/** Sees at `date` how current a report is. */
export function viewFreshness(fields: FreshnessFields, date: Date): FreshnessView {
  const { caughtUpAt, failingSources, oldestChangeAt } = fields;
  const since = (moment: Date): number => Math.max(0, date.getTime() - moment.getTime());
  return {
    caughtUpForMs: caughtUpAt && since(caughtUpAt),
    behindMs: oldestChangeAt && since(oldestChangeAt),
    failingSources: failingSources.map(({ component, message, path, retryAt }) => ({
      component,
      path,
      message,
      retryInMs: Math.max(0, retryAt.getTime() - date.getTime()),
    })),
  };
}
