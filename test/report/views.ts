import { createComponentStats, sumComponentStats, type UpdateStats } from "../../lib/progress/schema/stats.ts";
import type { FailureCause } from "../../lib/progress/view/failure-causes.ts";
import { NO_FRESHNESS } from "../../lib/report/terminal/freshness-view.ts";
import type { ReportView } from "../../lib/report/terminal/report-view.ts";

/** Counts in the order starts, unchanged, adds, deletes, reprocesses, errors; each with the same queue. */
export function createStats(components: Record<string, readonly number[]>, queued = 0): UpdateStats {
  const byComponent = Object.fromEntries(
    Object.entries(components).map(([name, counts]) => [name, createComponentStats(counts, queued)]),
  );
  return { byComponent, total: sumComponentStats(Object.values(byComponent)) };
}

/** A view of a report that has counted nothing, but for what is given. */
export function createView(changes: Partial<ReportView> = {}): ReportView {
  return {
    title: null,
    stats: null,
    elapsedMs: 0,
    isFinal: false,
    isReady: false,
    isListing: true,
    causes: [],
    remaining: null,
    stall: null,
    freshness: NO_FRESHNESS,
    isCutOff: false,
    ...changes,
  };
}

/** A cause of failure that has struck at `/a` first. */
export function createCause(message: string, count: number = 1, path: string = "/a"): FailureCause {
  const first = { component: "doc", path, group: null, error: new Error(message), at: new Date(0) };
  return { message, count, first };
}
