import { fn } from "tidemark";
import { mountTableTarget, type TableTarget } from "tidemark/sqlite";
import type { Section } from "./section.ts";

/** A row of the search database: one section of one file. */
export interface SectionRow {
  readonly path: string;
  /** The number of the section in its file. */
  readonly part: number;
  readonly line: number;
  readonly title: string;
  readonly body: string;
}

export type SearchTable = TableTarget<SectionRow>;

/** Mounts the table that everything is found in: a full-text table of SQLite. */
export function mountSearchTable(database: string): Promise<SearchTable> {
  return mountTableTarget(database, {
    table: "sections",
    columns: { path: "text", part: "integer", line: "integer", title: "text", body: "text" },
    primaryKey: ["path", "part"],
    fts5: { tokenize: "porter unicode61" },
  });
}

/** Declares a row for each section of a file. */
export const declareSections = fn(function declareSections(
  table: SearchTable,
  path: string,
  sections: readonly Section[],
): void {
  for (const [part, { title, line, text }] of sections.entries()) {
    table.declareRow({ path, part, line, title, body: text });
  }
});
