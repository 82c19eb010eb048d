import type {
  ContainerChange,
  ContainerHandler,
  ContainerState,
  TargetDecision,
} from "../../engine/targets/target-handler.ts";
import type { InspectedState, InspectionResult } from "../../engine/targets/target-inspection.ts";
import type { StableKey } from "../../state/stable-key.ts";
import { isNoPath, resolvePlace } from "../../places/place.ts";
import { databaseAt, databaseOf, type Database } from "./database.ts";
import { DatabaseFile } from "./database-file.ts";
import { differences, existingTable } from "./existing-table.ts";
import { readDatabase } from "./read-database.ts";
import { dropTable, ensureTable, type TableRecords } from "./ensure-table.ts";
import { foldName } from "./identifier.ts";
import type { StoredRow } from "./row.ts";
import { rowHandler } from "./row-handler.ts";
import { shownValue } from "./shown-value.ts";
import type { TableSchema } from "./table-schema.ts";
import { inTransaction } from "./transaction.ts";

/** The key of a table: the place of its database and its name, in the form in which SQLite compares names. */
export type TableKey = readonly [place: string, table: string];

/** A table as it is declared. */
export interface TableValue {
  readonly database: Database;
  readonly schema: TableSchema;
}

/** What is to be done with a table: made as `desired` says, or dropped when that is `undefined`. */
export interface TableAction extends TableRecords {
  readonly key: TableKey;
  readonly desired: TableValue | undefined;
  readonly root: string;
}

/** The key of a table, with the location of its database. */
export function tableKey(value: TableValue): TableKey {
  return [value.database.location, foldName(value.schema.table)];
}

/** The handler of tables; what is remembered of a table is its schema. */
export const tableHandler: ContainerHandler<TableKey, TableValue, TableSchema, TableAction, StableKey, StoredRow> = {
  keyedBy: "place",
  reconcile: reconcileTable,
  async apply(actions) {
    const states: ContainerState[] = [];
    for (const action of actions) states.push(await applyTable(action));
    return states;
  },
  async inspect(states) {
    const results: InspectionResult[] = [];
    for (const state of states) results.push(await inspectTable(state));
    return results;
  },
  child({ key, desired, root, tracking }) {
    const schema = desired?.schema ?? tracking;
    const database = databaseOfTable(key, desired, root);
    return schema === undefined || database === undefined ? undefined : rowHandler(database, schema);
  },
};

function reconcileTable(
  change: ContainerChange<TableKey, TableValue, TableSchema>,
): TargetDecision<TableSchema, TableAction> | undefined {
  const { desired, previous } = change;
  if (desired === undefined && previous.length === 0) return undefined;
  return { action: change, tracking: desired?.schema };
}

/** The connection that the user gave, else the file at the place of the key: by another name, SQLite would keep another log beside it. */
function databaseOfTable(key: TableKey, desired: TableValue | undefined, root: string): Database | undefined {
  const { database } = desired ?? {};
  if (database !== undefined && !(database instanceof DatabaseFile)) return database;
  const location = resolvePlace(root, key[0]);
  return database === undefined ? databaseAt(location) : databaseOf(location);
}

async function applyTable({ key, desired, root, ...records }: TableAction): Promise<ContainerState> {
  const [, table] = key;
  const database = databaseOfTable(key, desired, root);
  if (database === undefined) return "kept";
  if (desired !== undefined) {
    const act = `Cannot mount table ${shownValue(desired.schema.table)}`;
    return inTransaction(database, act, (db) => ensureTable(db, desired.schema, records));
  }
  await inTransaction(database, `Cannot drop table ${shownValue(table)}`, (db) => dropTable(db, table, records));
  return "kept";
}

/** Compares a table with its recorded schemas. A database in memory went with its process. */
async function inspectTable(state: InspectedState<TableKey, TableSchema>): Promise<InspectionResult> {
  const { key, recorded, root } = state;
  const [place, table] = key;
  const database = databaseOfTable(key, undefined, root);
  if (database === undefined) return isNoPath(place) ? "unknown" : "missing";
  return readDatabase(database, `Cannot inspect table ${shownValue(table)}`, (db) => {
    const existing = existingTable(db, table);
    if (existing === undefined) return "missing";
    return recorded.some((schema) => differences(existing, schema).length === 0) ? "unchanged" : "edited";
  });
}
