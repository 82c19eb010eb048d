/** A part of a file that is found as one: below one heading, or one declaration. */
export interface Section {
  /** Where it stands: "Install › Requirements", or the name of what is declared; empty before the first. */
  readonly title: string;
  /** The number of its first line, from 1. */
  readonly line: number;
  readonly text: string;
}

/** What stands for a file that was left aside, so that it is at least found by its path. */
export const NOT_INDEXED: Section = { title: "not indexed: too large, or not text", line: 1, text: "" };

/** Splits text into lines as editors count them. */
export function splitLines(text: string): string[] {
  return text.split(/\r\n?|\n/);
}
