import type { DatabaseSync } from "node:sqlite";
import type { ContainerState } from "../../engine/targets/target-handler.ts";
import { TidemarkError } from "../../errors.ts";
import { columnDefinition, indexDefinitions, keysDefinition, keysTable, MARK, tableDefinition } from "./definition.ts";
import { differences, existingTable, sqlTypeOf, type ExistingTable } from "./existing-table.ts";
import { quoteName } from "./identifier.ts";
import { shownValue } from "./shown-value.ts";
import { keyColumns, type TableSchema } from "./table-schema.ts";

/** What our records say of a table; see TargetChange. */
export interface TableRecords {
  readonly previous: readonly TableSchema[];
  readonly mayBeMissing: boolean;
  /** The records of other apps that have the table as well. */
  readonly shared?: readonly TableSchema[];
}

/**
 * Brings a table about, inside a transaction, going by what is in the database and not by the records alone.
 * The records decide whether rows written before may be trusted, and which schemas were ours.
 *
 * @throws TidemarkError SCHEMA_MISMATCH for another table of that name that Tidemark did not make
 */
export function ensureTable(db: DatabaseSync, schema: TableSchema, records: TableRecords): ContainerState {
  const existing = existingTable(db, schema.table);
  if (existing === undefined) {
    createTable(db, schema);
    return "recreated";
  }
  const differing = differences(existing, schema);
  const hasKnownKey =
    !existing.isMarked || records.previous.every((previous) => keyShape(previous) === keyShape(schema));
  if (differing.length === 0 && hasKnownKey) {
    alignIndexes(db, schema);
    return isAtRest(existing, records) ? "kept" : "altered";
  }
  if (!isOurs(existing, records)) {
    if (differing.length > 0) throw mismatch(schema, differing);
    return "recreated";
  }
  // Rows recorded under another key could not be found again to be deleted.
  const alterations = hasKnownKey ? alterationsTo(existing, schema) : undefined;
  if (alterations === undefined) {
    dropTable(db, schema.table, records);
    createTable(db, schema);
    return "recreated";
  }
  // SQLite refuses to drop a column that an index needs.
  alignIndexes(db, { ...schema, indexes: [] });
  for (const alteration of alterations) db.exec(`ALTER TABLE main.${quoteName(schema.table)} ${alteration}`);
  alignIndexes(db, schema);
  return "altered";
}

/** Drops a table inside a transaction, unless Tidemark did not make it: what somebody else made stays. */
export function dropTable(db: DatabaseSync, table: string, records: TableRecords): void {
  const existing = existingTable(db, table);
  if (existing !== undefined && !isOurs(existing, records)) return;
  if (existing !== undefined) db.exec(`DROP TABLE main.${quoteName(table)}`);
  dropKeys(db, table);
}

function createTable(db: DatabaseSync, schema: TableSchema): void {
  dropKeys(db, schema.table);
  db.exec(tableDefinition(schema));
  if (schema.fts5 !== null) db.exec(keysDefinition(schema));
  alignIndexes(db, schema);
}

/** The keys of a full-text table that somebody else dropped are left over. */
function dropKeys(db: DatabaseSync, table: string): void {
  if (existingTable(db, keysTable(table))?.isMarked) db.exec(`DROP TABLE main.${quoteName(keysTable(table))}`);
}

function isAtRest(existing: ExistingTable, records: TableRecords): boolean {
  // An app that joins others does not disturb their rows.
  const isJoining = records.previous.length === 0 && records.shared !== undefined && records.shared.length > 0;
  if (isJoining) return true;
  const [only, ...others] = records.previous;
  return only !== undefined && others.length === 0 && !records.mayBeMissing && differences(existing, only).length === 0;
}

function isOurs(existing: ExistingTable, records: TableRecords): boolean {
  return existing.isMarked && records.previous.some((schema) => differences(existing, schema).length === 0);
}

function keyShape(schema: TableSchema): string {
  return keyColumns(schema)
    .map(({ name, type }) => `${type} ${name}`)
    .join("\0");
}

/** The changes that keep the rows; `undefined` when there are no such changes. */
function alterationsTo(existing: ExistingTable, schema: TableSchema): readonly string[] | undefined {
  if (schema.fts5 !== null || existing.definition.startsWith("CREATE VIRTUAL")) return undefined;
  const alterations: string[] = [];
  for (const name of existing.columns.keys()) {
    if (!schema.columns.some((column) => column.name === name)) alterations.push(`DROP COLUMN ${quoteName(name)}`);
  }
  for (const column of schema.columns) {
    const type = existing.columns.get(column.name);
    if (type === undefined && column.nullable) alterations.push(`ADD COLUMN ${columnDefinition(column)}`);
    else if (type !== sqlTypeOf(column)) return undefined;
  }
  return alterations;
}

function alignIndexes(db: DatabaseSync, schema: TableSchema): void {
  const wanted = new Map(indexDefinitions(schema));
  const found = db
    .prepare("SELECT name, sql FROM main.sqlite_schema WHERE type = 'index' AND tbl_name = ? COLLATE NOCASE")
    .all(schema.table);
  for (const { name, sql } of found) {
    if (wanted.get(String(name)) === sql) wanted.delete(String(name));
    else if (String(sql).includes(MARK)) db.exec(`DROP INDEX main.${quoteName(String(name))}`);
  }
  for (const definition of wanted.values()) db.exec(definition);
}

function mismatch(schema: TableSchema, differing: readonly string[]): TidemarkError {
  const definition = tableDefinition(schema);
  return new TidemarkError(
    "SCHEMA_MISMATCH",
    `Cannot mount table ${shownValue(schema.table)}: another table of that name is there, and ${differing.join(", ")}; ` +
      `choose another name, declare the columns it has, or drop it, and it is made as ${definition}`,
    { facts: { table: schema.table, differences: differing, definition } },
  );
}
