import { formatError } from "./error-text.ts";

/** Of a message, in UTF-16 code units. */
const MAX_LENGTH = 500;

/** What was thrown, in one line of bounded length. Never throws. */
export function formatCause(error: unknown): string {
  const message = formatError(error);
  return message.length > MAX_LENGTH ? `${message.slice(0, MAX_LENGTH).toWellFormed()}…` : message;
}

const QUOTED = /(["'`])(?:(?!\1).)+\1/gu;
/** An absolute path, or a relative one to something with an extension: "i/o" and "and/or" are none. */
const PATH =
  /(?<![\w.])(?:[A-Za-z]:)?(?:[\\/][\w.@~+-]+)+[\\/]?|[\w.@~+-]+(?:[\\/][\w.@~+-]+)*[\\/][\w@~+-]*\.[\w.]+/gu;
const HEX = /\b(?:0x[\da-f]+|[\da-f]{8,}(?:-[\da-f]{4,})*)\b/giu;
const NUMBER = /\d+(?:[.,]\d+)*/gu;

/** A message without what differs from one component to the next: quoted names, paths and numbers. */
export function generalizeMessage(message: string): string {
  return message.replace(QUOTED, "$1…$1").replace(PATH, "…").replace(HEX, "…").replace(NUMBER, "…");
}
