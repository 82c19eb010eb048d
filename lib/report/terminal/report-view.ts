import type { FailureCause } from "../../progress/view/failure-causes.ts";
import type { Notice } from "../../progress/notices.ts";
import type { Remaining } from "../../progress/view/remaining.ts";
import type { Stall } from "../../progress/view/stall.ts";
import type { ComponentStats, UpdateStats } from "../../progress/schema/stats.ts";
import type { FreshnessView } from "./freshness-view.ts";

/** One look at a report: everything that is shown of it. */
export interface ReportView {
  /** The title of a stats group; `null` for the run's own report. */
  readonly title: string | null;
  /** `null` when nothing has been counted. */
  readonly stats: UpdateStats | null;
  readonly elapsedMs: number;
  /** Whether the report has ended: nothing moves any more. */
  readonly isFinal: boolean;
  /** Whether the report has caught up; it may go on. */
  readonly isReady: boolean;
  /** Whether more components may still be found. */
  readonly isListing: boolean;
  /** What made the run fail, if it did. */
  readonly failure?: { readonly error: unknown };
  /** The most frequent first. */
  readonly causes: readonly FailureCause[];
  /** `null` when there is nothing to say. */
  readonly remaining: Remaining | null;
  readonly stall: Stall | null;
  /** @default none */
  readonly notices?: readonly Notice[];
  readonly freshness: FreshnessView;
  /** Whether news cannot arrive at present: what stands still may go on where it runs. */
  readonly isCutOff: boolean;
}

/** What deserves rows first, in this order. */
export const STANDINGS = ["failed", "stalled", "running", "waiting", "done"] as const;

/** How something stands. */
export type Standing = (typeof STANDINGS)[number];

/** How a report stands. */
export function standingOf({ failure, freshness, isFinal, isReady, stall, stats }: ReportView): Standing {
  if (failure !== undefined || (stats?.total.numErrors ?? 0) > 0) return "failed";
  if (stall !== null || freshness.failingSources.length > 0) return "stalled";
  if (isFinal || isReady) return "done";
  return stats === null || stats.total.numExecutionStarts === 0 ? "waiting" : "running";
}

/** How a component function stands. */
export function standingOfComponent(stats: ComponentStats): Standing {
  if (stats.numErrors > 0) return "failed";
  if (stats.numInProgress > 0) return "running";
  return stats.numQueued > 0 ? "waiting" : "done";
}

/** What was folded away, in a few words: "31 done, 6 waiting". */
export function countStandings(standings: readonly Standing[]): string {
  return STANDINGS.map((standing) => ({ standing, count: standings.filter((other) => other === standing).length }))
    .filter(({ count }) => count > 0)
    .toReversed()
    .map(({ count, standing }) => `${count} ${standing}`)
    .join(", ");
}
