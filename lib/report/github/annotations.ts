import type { FailureCause } from "../../progress/view/failure-causes.ts";
import { toPlainText } from "../../text/plain-text.ts";
import { renderCause } from "../terminal/cause-lines.ts";

/** More than this many of one step are not shown by GitHub. */
const MAX_ANNOTATIONS = 10;

/** Renders the workflow commands that make GitHub Actions show an annotation for each cause of failure. */
export function renderAnnotations(causes: readonly FailureCause[]): string[] {
  return causes
    .slice(0, MAX_ANNOTATIONS)
    .map((cause) => `::error title=${escapeProperty(nameOf(cause))}::${escapeData(renderCause(cause))}`);
}

function nameOf({ first }: FailureCause): string {
  const component = toPlainText(first.component);
  return first.group === null ? component : `${toPlainText(first.group)}: ${component}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
