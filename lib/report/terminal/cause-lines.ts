import type { FailureCause } from "../../progress/view/failure-causes.ts";
import { formatCount, formatCountOf } from "../../text/count.ts";
import { toPlainText } from "../../text/plain-text.ts";

/** One line for each of the first `max` causes, and one that counts those that are left out. */
export function renderCauses(causes: readonly FailureCause[], max: number): string[] {
  const lines = causes.slice(0, max).map((cause) => `✗ ${renderCause(cause)}`);
  if (causes.length > max) lines.push(`✗ +${formatCountOf(causes.length - max, "more cause")}`);
  return lines;
}

/** A cause in one line: how often, what, and where first. */
export function renderCause({ count, first, message }: FailureCause): string {
  const path = toPlainText(first.path);
  return count > 1 ? `${formatCount(count)} times ${message} (first at ${path})` : `${message} (${path})`;
}
