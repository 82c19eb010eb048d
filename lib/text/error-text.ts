import { inspect } from "node:util";
import { toPlainText } from "./plain-text.ts";

/** The most that is shown of a message, in UTF-16 code units: a program may throw a whole document. */
const MAX_LENGTH = 100_000;

/** What was thrown, in one line: its message, after its name unless that is plain "Error". Never throws. */
export function formatError(error: unknown): string {
  try {
    const text = error instanceof Error ? formatNamed(error) : describeValue(error);
    return toPlainText(text.slice(0, MAX_LENGTH)).trim() || "no message";
  } catch {
    return "an error that cannot be described";
  }
}

/** The text in a property of an error; empty for another value, or where it cannot be read. Never throws. */
export function readErrorText(error: unknown, property: "message" | "name"): string {
  try {
    const text: unknown = error instanceof Error ? error[property] : "";
    return typeof text === "string" ? text : "";
  } catch {
    return "";
  }
}

function formatNamed({ name, message }: Error): string {
  if (!name || name === "Error" || name === "TidemarkError") return message;
  return message ? `${name}: ${message}` : name;
}

function describeValue(value: unknown): string {
  return typeof value === "string" ? value : inspect(value, { depth: 1, breakLength: Infinity });
}
