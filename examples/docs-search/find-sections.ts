import type { DatabaseSync } from "node:sqlite";
import { stripVTControlCharacters } from "node:util";

/** A section that was found. */
export interface Hit {
  readonly path: string;
  readonly line: number;
  readonly title: string;
  /** An excerpt, the words that were found in it between » and «. */
  readonly snippet: string;
}

/** Finds the sections that have every one of the words, the best first: a word in the title counts most, then one in the path. */
export function findSections(db: DatabaseSync, words: string, limit: number): readonly Hit[] {
  // The weights and the 4 are in the order of the columns: path, part, line, title, body.
  const statement = db.prepare(`
    SELECT path, line, title, snippet(sections, 4, '»', '«', '…', 24) AS snippet
    FROM sections WHERE sections MATCH ? ORDER BY bm25(sections, 3, 0, 0, 8, 1) LIMIT ?`);
  return statement.all(quoteWords(words), limit).map((row) => ({
    path: String(row["path"]),
    line: Number(row["line"]),
    title: toOneLine(String(row["title"])),
    snippet: toOneLine(String(row["snippet"])),
  }));
}

/** Words as an FTS5 query that can mean nothing else: https://sqlite.org/fts5.html#full_text_query_syntax */
function quoteWords(words: string): string {
  const quoted = words
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .map((word) => `"${word.replaceAll('"', '""')}"`);
  return quoted.length === 0 ? '""' : quoted.join(" ");
}

/** Files of others are printed here: nothing in them may steer the terminal. */
function toOneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
}
