import type { FailureCause } from "../../progress/view/failure-causes.ts";
import { renderCauses } from "../../report/terminal/cause-lines.ts";
import { formatCountOf } from "../../text/count.ts";

const MAX_CAUSES = 10;

/** Renders what failed: one line for each cause with its count and the first path it struck; none for no failures. */
export function renderFailures(causes: readonly FailureCause[], numErrors: number): string[] {
  if (causes.length === 0) return [];
  const lines = renderCauses(causes, MAX_CAUSES).map((line) => `  ${line}`);
  return [renderHeader(causes, numErrors), ...lines];
}

/** More may have failed at once than is kept. */
function renderHeader(causes: readonly FailureCause[], numErrors: number): string {
  const numKnown = causes.reduce((sum, { count }) => sum + count, 0);
  if (numErrors > numKnown) return `${formatCountOf(numErrors, "failure")}, the causes of ${numKnown} are known:`;
  return `${formatCountOf(numKnown, "failure")}:`;
}
