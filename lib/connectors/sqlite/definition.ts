import { SQL_TYPES } from "./column-schema.ts";
import { quoteName, quoteNames } from "./identifier.ts";
import { keyColumns, type TableSchema } from "./table-schema.ts";

/**
 * What tells the tables that Tidemark made from others: a comment that SQLite keeps in the definition of a table,
 * also when columns are added and dropped, and that vanishes with it. Only a table that has it is ever dropped.
 */
export const MARK = "/* made by Tidemark */";

/** The statement that creates a table, as SQLite stores it. */
export function tableDefinition(schema: TableSchema): string {
  return schema.fts5 === null ? ordinaryDefinition(schema) : fts5Definition(schema, schema.fts5);
}

/** The name of the table that maps the keys of a full-text table to its rowids, of which it has no index of its own. */
export function keysTable(table: string): string {
  return `${table}_tidemark_keys`;
}

/** The columns of {@link keysTable} that hold the primary key; none of them can be called `id`. */
export function keysColumns(schema: TableSchema): readonly string[] {
  return schema.primaryKey.map((name) => `key_${name}`);
}

/** The statement that creates {@link keysTable}. */
export function keysDefinition(schema: TableSchema): string {
  const names = keysColumns(schema);
  const columns = keyColumns(schema).map(({ type }, at) => `${quoteName(names[at] ?? "")} ${SQL_TYPES[type]} NOT NULL`);
  const parts = [`"id" INTEGER PRIMARY KEY`, ...columns, `UNIQUE (${quoteNames(names)})`];
  return `CREATE TABLE ${quoteName(keysTable(schema.table))} (${MARK} ${parts.join(", ")}) STRICT`;
}

/** The statements that create the indexes of a table by their names, as SQLite stores them. */
export function indexDefinitions(schema: TableSchema): ReadonlyMap<string, string> {
  const definitions = schema.indexes.map((columns): [string, string] => {
    const name = `${schema.table}_by_${columns.join("_")}`;
    return [name, `CREATE INDEX ${quoteName(name)} ON ${quoteName(schema.table)}(${MARK} ${quoteNames(columns)})`];
  });
  return new Map(definitions);
}

/** A column of an ordinary table as SQL. */
export function columnDefinition(column: TableSchema["columns"][number]): string {
  return `${quoteName(column.name)} ${SQL_TYPES[column.type]}${column.nullable ? "" : " NOT NULL"}`;
}

function ordinaryDefinition(schema: TableSchema): string {
  const parts = [...schema.columns.map(columnDefinition), `PRIMARY KEY (${quoteNames(schema.primaryKey)})`];
  return `CREATE TABLE ${quoteName(schema.table)} (${MARK} ${parts.join(", ")}) STRICT`;
}

function fts5Definition(schema: TableSchema, fts5: NonNullable<TableSchema["fts5"]>): string {
  const columns = schema.columns.map(
    ({ name }) => `${quoteName(name)}${fts5.unindexed.includes(name) ? " UNINDEXED" : ""}`,
  );
  const parts = [...columns, `tokenize='${fts5.tokenize.replaceAll("'", "''")}'`];
  return `CREATE VIRTUAL TABLE ${quoteName(schema.table)} USING fts5(${MARK} ${parts.join(", ")})`;
}
