import type { DatabaseSync } from "node:sqlite";
import { keysColumns, keysTable } from "./definition.ts";
import { equalities, quoteName, quoteNames } from "./identifier.ts";
import type { StoredRow } from "./row.ts";
import { keyColumns, type TableSchema } from "./table-schema.ts";

/** The statements that write the rows of one table; it lives for one transaction. */
export interface RowWriter {
  /** Inserts a row or replaces the one with its key. */
  upsert(row: StoredRow): void;
  /** Deletes the row with the given values of the key columns, if there is one. */
  delete(key: StoredRow): void;
}

/** Prepares the statements for the rows of a table. */
export function createRowWriter(db: DatabaseSync, schema: TableSchema): RowWriter {
  return schema.fts5 === null ? ordinaryWriter(db, schema) : fullTextWriter(db, schema);
}

function ordinaryWriter(db: DatabaseSync, schema: TableSchema): RowWriter {
  const table = `main.${quoteName(schema.table)}`;
  const names = schema.columns.map(({ name }) => name);
  const others = names.filter((name) => !schema.primaryKey.includes(name));
  const updates = others.map((name) => `${quoteName(name)} = excluded.${quoteName(name)}`);
  const onConflict = updates.length === 0 ? "NOTHING" : `UPDATE SET ${updates.join(", ")}`;
  const upsert = db.prepare(
    `INSERT INTO ${table} (${quoteNames(names)}) VALUES (${places(names)}) ` +
      `ON CONFLICT (${quoteNames(schema.primaryKey)}) DO ${onConflict}`,
  );
  const remove = db.prepare(`DELETE FROM ${table} WHERE ${equalities(schema.primaryKey)}`);
  return {
    upsert: (row) => void upsert.run(...row),
    delete: (key) => void remove.run(...key),
  };
}

/** A full-text table finds a row fast by its rowid alone, so the table of keys says which one a key has. */
function fullTextWriter(db: DatabaseSync, schema: TableSchema): RowWriter {
  const table = `main.${quoteName(schema.table)}`;
  const keys = `main.${quoteName(keysTable(schema.table))}`;
  const keyNames = keysColumns(schema);
  const keyPlaces = keyColumns(schema).map((column) => schema.columns.indexOf(column));
  const takeId = db.prepare(
    `INSERT INTO ${keys} (${quoteNames(keyNames)}) VALUES (${places(keyNames)}) ` +
      `ON CONFLICT (${quoteNames(keyNames)}) DO UPDATE SET "id" = "id" RETURNING "id"`,
  );
  const dropId = db.prepare(`DELETE FROM ${keys} WHERE ${equalities(keyNames)} RETURNING "id"`);
  const names = schema.columns.map(({ name }) => name);
  const upsert = db.prepare(
    `INSERT OR REPLACE INTO ${table} (rowid, ${quoteNames(names)}) VALUES (?, ${places(names)})`,
  );
  const remove = db.prepare(`DELETE FROM ${table} WHERE rowid = ?`);
  return {
    upsert(row) {
      const id = takeId.get(...keyPlaces.map((place) => row[place] ?? null))?.["id"];
      upsert.run(BigInt(id as number), ...row);
    },
    delete(key) {
      const id = dropId.get(...key)?.["id"];
      if (id !== undefined) remove.run(id);
    },
  };
}

function places(names: readonly string[]): string {
  return names.map(() => "?").join(", ");
}
