import { numGroupsOf, totalOf, type FailureRecord, type UpdateRecord } from "../../progress/record/update-record.ts";
import { renderCounts } from "../../report/terminal/component-row.ts";
import { formatCount, formatCountOf } from "../../text/count.ts";
import { formatDuration } from "../../text/duration.ts";
import { toPlainText } from "../../text/plain-text.ts";

/** The most causes that are listed of a run. */
const MAX_CAUSES = 3;

/** Renders updates that have ended: a line for each, and one for each of the causes of its failures. */
export function renderRuns(records: readonly UpdateRecord[]): string[] {
  return records.flatMap(renderRun);
}

function renderRun(record: UpdateRecord): string[] {
  const { app, endedAt, error, failures, startedAt } = record;
  const total = totalOf(record);
  const tookMs = Date.parse(endedAt ?? startedAt) - Date.parse(startedAt);
  const facts = [
    formatMoment(new Date(startedAt)),
    toPlainText(app),
    describeEnd(record, total.numErrors),
    formatDuration(tookMs),
  ];
  const numGroups = numGroupsOf(record);
  const inGroups = numGroups > 0 ? `, in ${formatCountOf(numGroups, "group")}` : "";
  const lines = [`${facts.join("  ")}  ${renderCounts(total)}${inGroups}`];
  if (error !== null) lines.push(`  ✗ ${describe(error)}`);
  // What ended the run is among its failures as well.
  const others = failures.filter(
    (failure) => describe(failure.error) !== (error === null ? undefined : describe(error)),
  );
  return [...lines, ...renderCauses(others).map((line) => `  ✗ ${line}`)];
}

function describeEnd({ status }: UpdateRecord, numErrors: number): string {
  if (status === "aborted") return "stopped";
  if (status === "failed") return "failed";
  return numErrors > 0 ? "done, with failures" : "done";
}

function renderCauses(failures: readonly FailureRecord[]): string[] {
  const causes = [...Map.groupBy(failures, ({ cause }) => cause).values()].toSorted((a, b) => b.length - a.length);
  const lines = causes.slice(0, MAX_CAUSES).map((same) => {
    const [first] = same;
    const messages = new Set(same.map(({ error }) => describe(error)));
    const message = messages.size === 1 ? [...messages][0]! : toPlainText(first!.cause);
    const path = toPlainText(first!.path);
    return same.length > 1 ? `${formatCount(same.length)} times ${message} (first at ${path})` : `${message} (${path})`;
  });
  if (causes.length > MAX_CAUSES) lines.push(`+${formatCountOf(causes.length - MAX_CAUSES, "more cause")}`);
  return lines;
}

function describe({ message, name }: { readonly message: string; readonly name: string }): string {
  return toPlainText(name === "Error" || name === "TidemarkError" ? message : `${name}: ${message}`);
}

/** "2026-11-24 02:39:21", in the time zone of this machine. */
function formatMoment(date: Date): string {
  const pad = (value: number): string => String(value).padStart(2, "0");
  const day = [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(":")}`;
}
