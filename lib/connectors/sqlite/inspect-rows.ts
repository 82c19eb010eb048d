import type { DatabaseSync, StatementSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { InspectedState, InspectionResult, InspectContext } from "../../engine/targets/target-inspection.ts";
import type { StableKey } from "../../state/stable-key.ts";
import type { Database } from "./database.ts";
import { keysColumns, keysTable } from "./definition.ts";
import { existingTable, type ExistingTable } from "./existing-table.ts";
import { equalities, quoteName, quoteNames } from "./identifier.ts";
import { readDatabase } from "./read-database.ts";
import { rowFingerprinter, storedKey, type StoredRow, type StoredValue } from "./row.ts";
import { shownValue } from "./shown-value.ts";
import type { TableSchema } from "./table-schema.ts";

type RowState = InspectedState<StableKey, string>;

/** So many rows are read before other work gets a turn. */
const MAX_ROWS = 200;

/** Compares rows of one table with their recorded fingerprints. */
export async function inspectRows(
  database: Database,
  schema: TableSchema,
  states: readonly RowState[],
  { depth, signal }: InspectContext,
): Promise<readonly InspectionResult[]> {
  const act = `Cannot inspect table ${shownValue(schema.table)}`;
  const results: InspectionResult[] = [];
  for (let at = 0; at < states.length; at += MAX_ROWS) {
    if (at > 0) await nextTurn();
    signal.throwIfAborted();
    const batch = states.slice(at, at + MAX_ROWS);
    results.push(...(await readDatabase(database, act, (db) => compareRows(db, schema, batch, depth))));
  }
  return results;
}

function compareRows(
  db: DatabaseSync,
  schema: TableSchema,
  states: readonly RowState[],
  depth: InspectContext["depth"],
): readonly InspectionResult[] {
  const existing = existingTable(db, schema.table);
  if (existing === undefined) return states.map(() => "missing");
  if (!isReadable(existing, schema)) return states.map(() => "edited");
  const read = rowReader(db, schema);
  const fingerprint = rowFingerprinter(schema);
  return states.map(({ key, recorded, writtenMs }) => {
    const row = read(storedKey(schema, key));
    if (row === undefined) return "missing";
    // A row has no time of change: after a power cut it may be an earlier version.
    const isSure = depth === "size" && writtenMs === undefined;
    return isSure || recorded.includes(fingerprint(row)) ? "unchanged" : "edited";
  });
}

function isReadable(existing: ExistingTable, { columns, fts5 }: TableSchema): boolean {
  const hasColumns = columns.every(({ name }) => existing.columns.has(name));
  return !existing.isView && hasColumns && (fts5 === null || existing.keysDefinition !== undefined);
}

/** Returns a function that reads the row with the given values of the key columns. */
function rowReader(db: DatabaseSync, schema: TableSchema): (key: StoredRow) => StoredRow | undefined {
  const names = schema.columns.map(({ name }) => name);
  const select = `SELECT ${quoteNames(names)} FROM main.${quoteName(schema.table)} WHERE`;
  if (schema.fts5 === null) {
    const row = prepare(db, `${select} ${equalities(schema.primaryKey)}`);
    return (key) => valuesOf(row.get(...key), names);
  }
  const id = prepare(
    db,
    `SELECT "id" FROM main.${quoteName(keysTable(schema.table))} WHERE ${equalities(keysColumns(schema))}`,
  );
  const row = prepare(db, `${select} rowid = ?`);
  return (key) => valuesOf(row.get(id.get(...key)?.["id"] ?? null), names);
}

/** Integers are read as they are stored; see {@link StoredValue}. */
function prepare(db: DatabaseSync, sql: string): StatementSync {
  const statement = db.prepare(sql);
  statement.setReadBigInts(true);
  return statement;
}

function valuesOf(row: Record<string, StoredValue> | undefined, names: readonly string[]): StoredRow | undefined {
  return row === undefined ? undefined : names.map((name) => row[name] ?? null);
}
