import { inspect } from "node:util";
import { toPlainText } from "./plain-text.ts";

/** What was thrown, in one line: its message, after its name unless that is plain "Error". Never throws. */
export function formatError(error: unknown): string {
  try {
    return toPlainText(error instanceof Error ? formatNamed(error) : describeValue(error)).trim() || "no message";
  } catch {
    return "an error that cannot be described";
  }
}

function formatNamed({ name, message }: Error): string {
  if (!name || name === "Error" || name === "TidemarkError") return message;
  return message ? `${name}: ${message}` : name;
}

function describeValue(value: unknown): string {
  return typeof value === "string" ? value : inspect(value, { depth: 1, breakLength: Infinity });
}
