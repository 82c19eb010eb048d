import type { ComponentStats } from "../../progress/schema/stats.ts";
import { numGroupsOf, totalOf, type ErrorRecord, type UpdateRecord } from "../../progress/record/update-record.ts";

/** An update in a list of many: without the counts of its groups and components. */
export interface UpdateSummary extends Pick<UpdateRecord, "id" | "app" | "kind" | "startedAt" | "endedAt" | "status"> {
  readonly error: Omit<ErrorRecord, "stack"> | null;
  /** The time from the start to the last change, in milliseconds. */
  readonly elapsedMs: number;
  /** The sum over its own report and its group reports. */
  readonly total: ComponentStats;
  readonly numGroups: number;
}

/** The answer of `/api/updates?view=summary`. */
export interface SummaryList {
  /** The updates in progress and the newest ended ones, newest first. */
  readonly updates: readonly UpdateSummary[];
  /** The reason why updates of earlier processes are missing; `null` when none are. */
  readonly historyError: string | null;
}

/** Sums up an update. */
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
