import { checkOptions } from "../../options/check-options.ts";
import { checkSelection, columnSchemas, type ColumnSchema } from "./column-schema.ts";
import type { Columns } from "./columns.ts";
import { checkName, foldName } from "./identifier.ts";
import { shownValue } from "./shown-value.ts";
import {
  FTS5_CHECKS,
  INDEX_CHECKS,
  TABLE_CHECKS,
  type Fts5Options,
  type TableIndex,
  type TableOptions,
} from "./table-options.ts";

/** A full-text table's own part of a {@link TableSchema}. */
export interface Fts5Schema {
  readonly tokenize: string;
  readonly unindexed: readonly string[];
}

/** {@link TableOptions}, checked and in one form: plain data, and what is remembered of a table between runs. */
export interface TableSchema {
  readonly table: string;
  readonly columns: readonly ColumnSchema[];
  readonly primaryKey: readonly string[];
  readonly indexes: readonly (readonly string[])[];
  /** `null` for an ordinary table. */
  readonly fts5: Fts5Schema | null;
}

/**
 * Checks the description of a table and gives it in one form.
 *
 * @throws TypeError or RangeError naming the table and the option
 */
export function tableSchema<C extends Columns>(options: TableOptions<C>): TableSchema {
  const { table } = checkOptions("mount a table", options, TABLE_CHECKS);
  const mounting = `mount table ${shownValue(table)}`;
  const act = `Cannot ${mounting}`;
  checkName(act, "table", table);
  if (/^sqlite_|_tidemark_keys$/i.test(table)) {
    throw new RangeError(`${act}: names that start with "sqlite_" or end with "_tidemark_keys" are reserved`);
  }
  const columns = columnSchemas(mounting, options.columns);
  checkParts(mounting, options);
  const primaryKey = typeof options.primaryKey === "string" ? [options.primaryKey] : options.primaryKey;
  checkSelection(act, "primaryKey", primaryKey, columns);
  const nullable = columns.find((column) => column.nullable && primaryKey.includes(column.name));
  if (nullable !== undefined) {
    throw new RangeError(`${act}: column ${shownValue(nullable.name)} of \`primaryKey\` must not be nullable`);
  }
  const indexes = indexSchemas(act, columns, options.indexes ?? []);
  const fts5 = options.fts5 === undefined ? null : fts5Schema(act, table, columns, options.fts5);
  if (fts5 !== null && indexes.length > 0) throw new RangeError(`${act}: an FTS5 table cannot have \`indexes\``);
  return { table, columns, primaryKey: [...primaryKey], indexes, fts5 };
}

/** Checks the options inside the options: those of indexes and of the full-text search. */
function checkParts<C extends Columns>(mounting: string, { fts5, indexes = [] }: TableOptions<C>): void {
  for (const [at, index] of indexes.entries()) {
    checkOptions(`${mounting} with \`indexes[${at}]\``, index, INDEX_CHECKS);
  }
  if (fts5 !== undefined) checkOptions(`${mounting} with \`fts5\``, fts5, FTS5_CHECKS);
}

/** The columns of the primary key, in the order of the key. */
export function keyColumns(schema: TableSchema): readonly ColumnSchema[] {
  return schema.primaryKey.flatMap((name) => schema.columns.filter((column) => column.name === name));
}

function fts5Schema(act: string, table: string, columns: readonly ColumnSchema[], options: Fts5Options): Fts5Schema {
  const { tokenize = "unicode61", unindexed = [] } = options;
  if (typeof tokenize !== "string" || tokenize.trim() === "") {
    throw new TypeError(`${act}: \`fts5.tokenize\` must be a tokenizer of FTS5, got ${shownValue(tokenize)}`);
  }
  if (unindexed.length > 0) checkSelection(act, "fts5.unindexed", unindexed, columns);
  const reserved = columns.find(({ name }) => ["rank", "rowid", foldName(table)].includes(foldName(name)));
  if (reserved !== undefined) {
    throw new RangeError(`${act}: an FTS5 table must not have a column called ${shownValue(reserved.name)}`);
  }
  const stored = columns.filter(({ name, type }) => type !== "text" || unindexed.includes(name));
  if (stored.length === columns.length) {
    throw new RangeError(`${act}: an FTS5 table must have a text column that is not in \`fts5.unindexed\``);
  }
  return { tokenize, unindexed: stored.map(({ name }) => name) };
}

function indexSchemas(
  act: string,
  columns: readonly ColumnSchema[],
  indexes: readonly TableIndex[],
): readonly (readonly string[])[] {
  const names = new Set<string>();
  for (const [at, index] of indexes.entries()) {
    const option = `indexes[${at}].columns`;
    checkSelection(act, option, index.columns, columns);
    const name = index.columns.join("_");
    if (names.has(name)) throw new RangeError(`${act}: \`${option}\` must differ from the indexes before it`);
    names.add(name);
  }
  return indexes.map((index) => [...index.columns]);
}
