import type { ComponentStats, UpdateStats } from "../../progress/stats.ts";
import { formatCount, formatCountOf } from "../../text/count.ts";
import { formatDuration } from "../../text/duration.ts";
import { formatError } from "../../text/error-text.ts";
import { toPlainText } from "../../text/plain-text.ts";
import { truncateToWidth } from "../../text/width.ts";

/** What one block shows. */
export interface Frame {
  /** The title of a stats group; `null` for the run's own report. */
  readonly title: string | null;
  /** `null` when nothing has been counted. */
  readonly stats: UpdateStats | null;
  readonly elapsedMs: number;
  /** Whether the report has ended: nothing spins any more. */
  readonly isFinal: boolean;
  /** What made the run fail, if it did. */
  readonly failure?: { readonly error: unknown };
}

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const SPINNER_STEP_MS = 100;

/** Renders a block: a header, a line for each component, their sum if there are several, the failure, the time. */
export function renderFrame(frame: Frame, width: number = Infinity): string[] {
  const rows = Object.entries(frame.stats?.byComponent ?? {});
  const lines = [
    frame.title === null ? "[Stats]" : `[Stats: ${toPlainText(frame.title)}]`,
    ...rows.map(([name, stats]) => renderRow(toPlainText(name), stats, frame)),
  ];
  if (frame.stats !== null && rows.length > 1) lines.push(renderRow("All components", frame.stats.total, frame));
  if (frame.failure) lines.push(`✗ Failed: ${formatError(frame.failure.error)}`);
  lines.push(`Elapsed ${formatDuration(frame.elapsedMs)}`);
  return lines.map((line) => truncateToWidth(line, width));
}

function renderRow(name: string, stats: ComponentStats, frame: Frame): string {
  const counts = [`${formatCount(stats.numExecutionStarts)} total`];
  if (stats.numInProgress > 0) counts.push(`${formatCount(stats.numInProgress)} in-flight`);
  if (stats.numQueued > 0) counts.push(`${formatCount(stats.numQueued)} queued`);
  const outcomes = renderOutcomes(stats);
  return `${chooseMark(stats, frame)} ${name}: ${counts.join(", ")}${outcomes ? ` | ${outcomes}` : ""}`;
}

function renderOutcomes(stats: ComponentStats): string {
  const parts: string[] = [];
  if (stats.numAdds > 0) parts.push(`${formatCount(stats.numAdds)} added`);
  if (stats.numReprocesses > 0) parts.push(`${formatCount(stats.numReprocesses)} reprocessed`);
  if (stats.numDeletes > 0) parts.push(`${formatCount(stats.numDeletes)} deleted`);
  if (stats.numUnchanged > 0) parts.push(`${formatCount(stats.numUnchanged)} unchanged`);
  if (stats.numErrors > 0) parts.push(formatCountOf(stats.numErrors, "error"));
  return parts.join(", ");
}

/** A component under way spins even when it has errors already: the count of errors says so. */
function chooseMark(stats: ComponentStats, { isFinal, elapsedMs }: Frame): string {
  const isUnderWay = !isFinal && (stats.numInProgress > 0 || stats.numQueued > 0);
  if (isUnderWay) return SPINNER[Math.floor(elapsedMs / SPINNER_STEP_MS) % SPINNER.length]!;
  return stats.numErrors > 0 ? "✗" : "✓";
}
