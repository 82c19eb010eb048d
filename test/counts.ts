import type { ComponentStats, UpdateStats } from "../lib/index.ts";

/** The counters of a component that are not 0, under short names. */
export type Counts = Partial<
  Record<"starts" | "unchanged" | "adds" | "deletes" | "reprocesses" | "errors" | "queued", number>
>;

/** The counters that are not 0, so that a test names all that was counted. */
export function countsOf(stats: ComponentStats | undefined): Counts {
  if (stats === undefined) return {};
  const all = {
    starts: stats.numExecutionStarts,
    unchanged: stats.numUnchanged,
    adds: stats.numAdds,
    deletes: stats.numDeletes,
    reprocesses: stats.numReprocesses,
    errors: stats.numErrors,
    queued: stats.numQueued,
  };
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count !== 0));
}

/** {@link countsOf} for every component of a report. */
export function countsByComponent(stats: UpdateStats | null): Record<string, Counts> {
  return Object.fromEntries(Object.entries(stats?.byComponent ?? {}).map(([name, row]) => [name, countsOf(row)]));
}
