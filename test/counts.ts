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

/** {@link countsOf} for every component of a report, leaving out the rows that have counted nothing. */
export function countsByComponent(stats: UpdateStats | null): Record<string, Counts> {
  const rows = Object.entries(stats?.byComponent ?? {}).map(
    ([name, component]) => [name, countsOf(component)] as const,
  );
  return Object.fromEntries(rows.filter(([, counts]) => Object.keys(counts).length > 0));
}
