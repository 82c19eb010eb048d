import type { LoggedReport, LoggedUpdate } from "../progress/record/logged-update.ts";
import type { ForgottenGroups, UpdateRecord } from "../progress/record/update-record.ts";
import type { ReportEvent } from "./client/report-event.ts";

/** The event of a report of an update that runs. */
export function createReportEvent(update: LoggedUpdate, logged: LoggedReport): ReportEvent {
  const { groupIndex, report, startedAt } = logged;
  return {
    update: update.id,
    group: report.title,
    groupIndex,
    startedAt: startedAt.toISOString(),
    ...(groupIndex === null && createForgotten(update)),
    ...report.snapshot(),
    // The final snapshot is told by the record, in a form that JSON can hold.
    result: null,
  };
}

/** The last events of an update that has ended: those of its groups, then its own. */
export function createFinalEvents(record: UpdateRecord): readonly ReportEvent[] {
  const origin = { update: record.id };
  return [
    ...record.groups.map(({ index, snapshot, startedAt, title }) => ({
      ...origin,
      group: title,
      groupIndex: index,
      startedAt,
      ...snapshot,
    })),
    {
      ...origin,
      group: null,
      groupIndex: null,
      startedAt: record.startedAt,
      ...createForgotten(record),
      ...record.snapshot,
      ...(record.error !== null && { error: record.error }),
    },
  ];
}

function createForgotten({
  forgotten,
}: {
  readonly forgotten?: ForgottenGroups | undefined;
}): Pick<ReportEvent, "numForgotten"> {
  return forgotten === undefined ? {} : { numForgotten: forgotten.numGroups };
}
