import { stripVTControlCharacters } from "node:util";

const BLANK = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Makes data fit for one line of a terminal: escape sequences, control characters and marks that turn the direction of
 * writing are removed, line breaks and tabs become a space.
 */
export function toPlainText(text: string): string {
  return stripVTControlCharacters(text.toWellFormed()).replace(BLANK, " ").replace(INVISIBLE, "");
}
