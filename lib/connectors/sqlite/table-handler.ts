import type {
  ContainerChange,
  ContainerHandler,
  ContainerState,
  TargetDecision,
} from "../../engine/targets/target-handler.ts";
import type { StableKey } from "../../state/stable-key.ts";
import { databaseAt, type Database } from "./database.ts";
import { dropTable, ensureTable, type TableRecords } from "./ensure-table.ts";
import { foldName } from "./identifier.ts";
import type { StoredRow } from "./row.ts";
import { rowHandler } from "./row-handler.ts";
import { shownValue } from "./shown-value.ts";
import type { TableSchema } from "./table-schema.ts";
import { inTransaction } from "./transaction.ts";

/** What names a table: the location of its database and its name, in the form in which SQLite compares names. */
export type TableKey = readonly [location: string, table: string];

/** A table as it is declared. */
export interface TableValue {
  readonly database: Database;
  readonly schema: TableSchema;
}

/** What is to be done with a table: made as `desired` says, or dropped when that is `undefined`. */
export interface TableAction extends TableRecords {
  readonly key: TableKey;
  readonly desired: TableValue | undefined;
}

/** The key of a table. */
export function tableKey(value: TableValue): TableKey {
  return [value.database.location, foldName(value.schema.table)];
}

/** The handler of tables; what is remembered of a table is its schema. */
export const tableHandler: ContainerHandler<TableKey, TableValue, TableSchema, TableAction, StableKey, StoredRow> = {
  reconcile: reconcileTable,
  async apply(actions) {
    const states: ContainerState[] = [];
    for (const action of actions) states.push(await applyTable(action));
    return states;
  },
  child({ key, desired, tracking }) {
    const schema = desired?.schema ?? tracking;
    if (schema === undefined) return undefined;
    const database = desired?.database ?? databaseAt(key[0]);
    return database === undefined ? undefined : rowHandler(database, schema);
  },
};

function reconcileTable(
  change: ContainerChange<TableKey, TableValue, TableSchema>,
): TargetDecision<TableSchema, TableAction> | undefined {
  const { desired, previous } = change;
  if (desired === undefined && previous.length === 0) return undefined;
  return { action: change, tracking: desired?.schema };
}

async function applyTable({ key, desired, ...records }: TableAction): Promise<ContainerState> {
  const [location, table] = key;
  if (desired !== undefined) {
    const act = `Cannot mount table ${shownValue(desired.schema.table)}`;
    return inTransaction(desired.database, act, (db) => ensureTable(db, desired.schema, records));
  }
  const database = databaseAt(location);
  if (database !== undefined) {
    await inTransaction(database, `Cannot drop table ${shownValue(table)}`, (db) => dropTable(db, table, records));
  }
  return "kept";
}
