import type { ComponentFailure } from "../progress/report.ts";
import { formatCount, formatCountOf } from "../text/count.ts";
import { formatError } from "../text/error-text.ts";
import { toPlainText } from "../text/plain-text.ts";

const MAX_CAUSES = 10;

/** Renders failures, one line for each distinct message with its count and the first path it struck; none for no failures. */
export function renderFailures(failures: readonly ComponentFailure[], numErrors: number = failures.length): string[] {
  if (failures.length === 0) return [];
  const causes = [...groupByCause(failures)].toSorted(([, a], [, b]) => b.count - a.count);
  const lines = causes.slice(0, MAX_CAUSES).map(([cause, { count, first }]) => {
    const times = count > 1 ? `${formatCount(count)} times ` : "";
    return `  ✗ ${times}${cause} (${count > 1 ? "first at " : ""}${toPlainText(first.path)})`;
  });
  if (causes.length > MAX_CAUSES) lines.push(`  +${formatCountOf(causes.length - MAX_CAUSES, "more cause")}`);
  return [renderHeader(failures.length, numErrors), ...lines];
}

function groupByCause(failures: readonly ComponentFailure[]): Map<string, { count: number; first: ComponentFailure }> {
  const causes = new Map<string, { count: number; first: ComponentFailure }>();
  for (const failure of failures) {
    const cause = formatError(failure.error);
    const known = causes.get(cause);
    if (known) known.count++;
    else causes.set(cause, { count: 1, first: failure });
  }
  return causes;
}

function renderHeader(numKept: number, numErrors: number): string {
  if (numErrors > numKept) return `${formatCountOf(numErrors, "failure")}, the newest ${formatCount(numKept)}:`;
  return `${formatCountOf(numKept, "failure")}:`;
}
