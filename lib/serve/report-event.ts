import type { LoggedUpdate } from "../progress/logged-update.ts";
import type { UpdateSnapshot } from "../progress/stats.ts";
import type { ErrorRecord, UpdateRecord } from "../progress/update-record.ts";

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
  /** In the last event of an update that failed. */
  readonly error?: ErrorRecord;
}

/** The id of the last event of an update: who has that one needs no other. */
export const END_ID = "end";

/** The event of the report at `index` of an update that runs. */
export function createReportEvent(update: LoggedUpdate, index: number): ReportEvent {
  const { report, startedAt } = update.reports[index]!;
  return {
    update: update.id,
    group: report.title,
    groupIndex: index === 0 ? null : index - 1,
    startedAt: startedAt.toISOString(),
    ...report.snapshot(),
    // The final snapshot is told by the record, in a form that JSON can hold.
    result: null,
  };
}

/** The last events of an update that has ended: those of its groups, then its own. */
export function createFinalEvents(record: UpdateRecord): readonly ReportEvent[] {
  const origin = { update: record.id };
  return [
    ...record.groups.map(({ snapshot, startedAt, title }, groupIndex) => ({
      ...origin,
      group: title,
      groupIndex,
      startedAt,
      ...snapshot,
    })),
    {
      ...origin,
      group: null,
      groupIndex: null,
      startedAt: record.startedAt,
      ...record.snapshot,
      ...(record.error !== null && { error: record.error }),
    },
  ];
}
