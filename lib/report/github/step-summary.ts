import type { FailureCause } from "../../progress/view/failure-causes.ts";
import type { ComponentStats } from "../../progress/schema/stats.ts";
import { formatCount } from "../../text/count.ts";
import { toPlainText } from "../../text/plain-text.ts";
import { renderCause } from "../terminal/cause-lines.ts";
import type { CountTable } from "./count-table.ts";

/** What the summary of a run is made of. */
export interface StepSummary {
  readonly app: string;
  readonly counts: Pick<CountTable, "rows" | "rest">;
  readonly causes: readonly FailureCause[];
}

const COLUMNS = ["added", "reprocessed", "deleted", "unchanged", "errors"] as const;

const MAX_CAUSES = 20;
/** In UTF-16 code units. With them, a summary stays below the megabyte beyond which GitHub shows none. */
const MAX_NAME = 80;
const MAX_CAUSE = 500;

/** Renders the Markdown of a job summary: a table with a row for each component function of each report, then what failed. */
export function renderStepSummary({ app, causes, counts }: StepSummary): string {
  const rows = counts.rows.map(({ component, stats, title }) =>
    renderRow(title === null ? "" : escape(title, MAX_NAME), escape(component, MAX_NAME), stats),
  );
  if (counts.rest !== null) rows.push(renderRow("", "*all others*", counts.rest));
  const head = ["group", "component", "total", ...COLUMNS];
  const rule = head.map((_, column) => (column < 2 ? "---" : "---:"));
  const failures = causes.slice(0, MAX_CAUSES).map((cause) => `- ${escape(renderCause(cause), MAX_CAUSE)}`);
  if (causes.length > MAX_CAUSES) failures.push(`- ${causes.length - MAX_CAUSES} more`);
  const table = [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return [`### ${escape(app, MAX_NAME)}`, "", ...table, "", ...failures, ""].join("\n");
}

function renderRow(title: string, name: string, stats: ComponentStats): string[] {
  const { numAdds, numDeletes, numErrors, numExecutionStarts, numReprocesses, numUnchanged } = stats;
  const counts = [numExecutionStarts, numAdds, numReprocesses, numDeletes, numUnchanged, numErrors].map(formatCount);
  return [title, name, ...counts];
}

/** Titles, names and messages are data: nothing in them is Markdown or HTML. */
function escape(text: string, maxLength: number): string {
  const plain = toPlainText(text);
  return (plain.length > maxLength ? `${plain.slice(0, maxLength - 1).toWellFormed()}…` : plain)
    .replace(/[\\`*_{}[\]()#+!|~-]/g, String.raw`\$&`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll("@", "&#64;");
}
