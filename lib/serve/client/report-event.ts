import type { UpdateSnapshot } from "../../progress/schema/stats.ts";
import type { ErrorRecord } from "../../progress/record/update-record.ts";

/** An event of the stream: a snapshot of one report. */
export interface ReportEvent extends UpdateSnapshot {
  /** The id of the update. */
  readonly update: string;
  /** The title of a stats group; `null` for the run's own report. */
  readonly group: string | null;
  /** The place among the groups of the update, from 0: two may share a title. `null` for the run's own report. */
  readonly groupIndex: number | null;
  /** When the report began; ISO 8601. */
  readonly startedAt: string;
  /** In the run's own report: the number of groups that the record has as a sum only. Absent while it has all of them. */
  readonly numForgotten?: number;
  /** In the last event of an update that failed. */
  readonly error?: ErrorRecord;
}

/** The id of the last event of an update: a client that has read this event needs no other. */
export const END_ID = "end";
