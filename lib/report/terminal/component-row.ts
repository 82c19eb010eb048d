import type { ComponentStats } from "../../progress/schema/stats.ts";
import { formatCount, formatCountOf } from "../../text/count.ts";
import type { Line, Tone } from "./line.ts";
import type { ReportView, Standing } from "./report-view.ts";

/** How components are drawn. */
export interface RowOptions {
  /** Whether what is under way has a mark that turns; a still mark where lines are printed for good. */
  readonly isAnimated: boolean;
}

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const SPINNER_STEP_MS = 100;
const STILL_MARK = "…";

/** Renders the counts of a component function, after a mark that says how it stands. */
export function renderRow(
  name: string,
  stats: ComponentStats,
  standing: Standing,
  view: ReportView,
  options: RowOptions,
): Line {
  const isUnderWay = stats.numInProgress > 0 || stats.numQueued > 0;
  // A component under way spins even when it has errors already: the count of errors says so.
  const tone = standing === "failed" && isUnderWay && !view.isFinal ? "running" : standing;
  return { text: `${chooseMark(tone, view, options)} ${name}: ${renderCounts(stats)}`, tone };
}

/** The counts that are not 0. */
export function renderCounts(stats: ComponentStats): string {
  const counts = [`${formatCount(stats.numExecutionStarts)} total`];
  if (stats.numInProgress > 0) counts.push(`${formatCount(stats.numInProgress)} in-flight`);
  if (stats.numQueued > 0) counts.push(`${formatCount(stats.numQueued)} queued`);
  const outcomes = renderOutcomes(stats);
  return `${counts.join(", ")}${outcomes ? ` | ${outcomes}` : ""}`;
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

/** The mark at the beginning of a line. */
export function chooseMark(tone: Tone, { elapsedMs, isFinal }: ReportView, { isAnimated }: RowOptions): string {
  if (tone === "failed") return "✗";
  if (tone === "done" || isFinal) return "✓";
  if (!isAnimated) return STILL_MARK;
  return SPINNER[Math.floor(elapsedMs / SPINNER_STEP_MS) % SPINNER.length]!;
}
