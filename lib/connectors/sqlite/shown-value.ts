import { inspect } from "node:util";

const MAX_SHOWN_CHARACTERS = 60;

/** A value as an error message shows it: on one line, and not all of a long one. */
export function shownValue(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : inspect(value, { depth: 0, breakLength: Infinity });
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}
