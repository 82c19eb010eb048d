import type { ComponentStats } from "../progress/schema/stats.ts";
import { numGroupsOf, totalOf, type ErrorRecord, type UpdateRecord } from "../progress/record/update-record.ts";

/** An update in a list of many: without what its groups and components have counted. */
export interface UpdateSummary extends Pick<UpdateRecord, "id" | "app" | "kind" | "startedAt" | "endedAt" | "status"> {
  readonly error: Omit<ErrorRecord, "stack"> | null;
  /** Milliseconds that it has taken, up to the last change. */
  readonly elapsedMs: number;
  /** Summed over its own report and those of its groups. */
  readonly total: ComponentStats;
  readonly numGroups: number;
}

/** Sums an update up. */
export function summarizeUpdate(record: UpdateRecord): UpdateSummary {
  const { app, endedAt, error, id, kind, snapshot, startedAt, status } = record;
  return {
    id,
    app,
    kind,
    startedAt,
    endedAt,
    status,
    error: error && { name: error.name, message: error.message },
    elapsedMs: snapshot.elapsedMs,
    total: totalOf(record),
    numGroups: numGroupsOf(record),
  };
}
