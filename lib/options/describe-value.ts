import { inspect } from "node:util";

/** A value as an error message shows it: on one line, without its content. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return inspect(value, { depth: -1, breakLength: Infinity });
}
