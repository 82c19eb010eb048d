import type { FailureCause } from "../../progress/failure-causes.ts";
import type { ComponentStats, UpdateStats } from "../../progress/stats.ts";
import { formatCount } from "../../text/count.ts";
import { toPlainText } from "../../text/plain-text.ts";
import { renderCause } from "../terminal/cause-lines.ts";

/** What the summary of a run is made of. */
export interface StepSummary {
  readonly app: string;
  readonly reports: readonly { readonly title: string | null; readonly stats: UpdateStats | null }[];
  readonly causes: readonly FailureCause[];
}

const COLUMNS = ["added", "reprocessed", "deleted", "unchanged", "errors"] as const;

const MAX_CAUSES = 20;

/** Renders the Markdown of a job summary: a table with a row for each component function of each report, then what failed. */
export function renderStepSummary({ app, causes, reports }: StepSummary): string {
  const rows = reports.flatMap(({ stats, title }) =>
    Object.entries(stats?.byComponent ?? {}).map(([name, component]) => renderRow(title, name, component)),
  );
  const head = ["group", "component", "total", ...COLUMNS];
  const rule = head.map((_, column) => (column < 2 ? "---" : "---:"));
  const failures = causes.slice(0, MAX_CAUSES).map((cause) => `- ${escape(renderCause(cause))}`);
  if (causes.length > MAX_CAUSES) failures.push(`- ${causes.length - MAX_CAUSES} more`);
  const table = [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return [`### ${escape(app)}`, "", ...table, "", ...failures, ""].join("\n");
}

function renderRow(title: string | null, name: string, stats: ComponentStats): string[] {
  const { numAdds, numDeletes, numErrors, numExecutionStarts, numReprocesses, numUnchanged } = stats;
  const counts = [numExecutionStarts, numAdds, numReprocesses, numDeletes, numUnchanged, numErrors].map(formatCount);
  return [title === null ? "" : escape(title), escape(name), ...counts];
}

/** Titles, names and messages are data: nothing in them is Markdown or HTML. */
function escape(text: string): string {
  return toPlainText(text)
    .replace(/[\\`*_{}[\]()#+!|~-]/g, String.raw`\$&`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll("@", "&#64;");
}
