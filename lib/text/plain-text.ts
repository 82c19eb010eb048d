import { stripVTControlCharacters } from "node:util";

const BLANK = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/** Control characters, line breaks, marks that turn the direction of writing, and halves of surrogate pairs. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\p{Surrogate}]/gu;

/** A backslash that reads as the beginning of an escape. */
const SEEMING_ESCAPE = /\\(?=u[0-9a-f]{4})/g;

/**
 * Makes data fit for one line of a terminal: escape sequences, control characters and marks that turn the direction of
 * writing are removed, line breaks and tabs become a space.
 */
export function toPlainText(text: string): string {
  return stripVTControlCharacters(text.toWellFormed()).replace(BLANK, " ").replace(UNPRINTABLE, "");
}

/**
 * Escapes the characters that a terminal may act on as `\u001b`, for output that programs read and people may look at. A text that contains
 * such an escape has its backslash escaped, so different texts stay different.
 */
export function escapeUnprintable(text: string): string {
  return escapeCharacters(text.replace(SEEMING_ESCAPE, String.raw`\u005c`));
}

/** Formats a value as JSON in which characters that a terminal may act on are escaped; parsed, it is the same. */
export function toPrintableJson(value: unknown, replacer?: (key: string, value: unknown) => unknown): string {
  return escapeCharacters(JSON.stringify(value, replacer));
}

function escapeCharacters(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
