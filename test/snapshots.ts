import { createComponentStats, type UpdateSnapshot } from "../lib/progress/schema/stats.ts";

/** A snapshot of a report that has counted nothing, but for what is given. */
export function createSnapshot<R = unknown>(changes: Partial<UpdateSnapshot<R>> = {}): UpdateSnapshot<R> {
  return {
    stats: { byComponent: {}, total: createComponentStats([], 0) },
    status: "running",
    result: null,
    final: false,
    elapsedMs: 0,
    isListing: false,
    lastFinishedMs: null,
    oldest: null,
    caughtUpAt: null,
    oldestChangeAt: null,
    failingSources: [],
    ...changes,
  };
}
