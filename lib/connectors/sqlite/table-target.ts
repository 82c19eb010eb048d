import type { DatabaseSync } from "node:sqlite";
import { formatOneKeyOf, formatOneMemoKey, memoKey, type Memoizable } from "../../engine/memo/memoizable.ts";
import {
  bindProvider,
  declareTargetState,
  defineContainer,
  mountTarget,
  ownerOf,
  type TargetProvider,
} from "../../engine/target.ts";
import { refuseSurplus } from "../../options/refuse-surplus.ts";
import { bindTarget, boundOwner, type TargetOwner } from "../../engine/targets/bind-targets.ts";
import { pendingTarget } from "../../engine/targets/pending-target.ts";
import type { Columns, RowOf } from "./columns.ts";
import { databaseOf } from "./database.ts";
import type { StableKey } from "../../state/stable-key.ts";
import { keyOfRow, storedRow, type StoredRow } from "./row.ts";
import { tableHandler, tableKey, type TableValue } from "./table-handler.ts";
import type { TableOptions } from "./table-options.ts";
import { tableSchema, type TableSchema } from "./table-schema.ts";

/** A mounted table. */
export interface TableTarget<Row> extends Memoizable {
  /**
   * Declares that a row exists, for as long as the component goes on to declare it. The row is copied.
   *
   * @throws TypeError or RangeError naming the column when the row does not fit the table
   */
  declareRow(row: Row): void;
}

const tables = defineContainer("tidemark/sqlite/table", tableHandler);

/**
 * Makes sure that a table exists, with the columns given, and opens it for rows.
 *
 * `db` is a connection that stays yours, or the path of a database file, which is then opened and closed as needed.
 * A table that is not mounted any more is dropped. When its description changes, nullable columns are added and
 * other than key columns dropped in place; for any other change the table is made anew and all rows are written again.
 * A table that somebody else made is used when it is exactly so, and neither altered nor dropped.
 *
 * @throws TypeError or RangeError for a wrong description, TidemarkError SCHEMA_MISMATCH for another table of that name,
 *   DATABASE_UNAVAILABLE for a closed or locked database or one inside a transaction, DATABASE_WRITE_FAILED
 */
export function mountTableTarget<const C extends Columns>(
  db: DatabaseSync | string,
  options: TableOptions<C>,
): Promise<TableTarget<RowOf<C>>> {
  return pendingTarget(mountTable(db, options), "declareRow", "mountTableTarget");
}

async function mountTable<C extends Columns>(
  db: DatabaseSync | string,
  options: TableOptions<C>,
): Promise<TableTarget<RowOf<C>>> {
  const schema = tableSchema(options);
  const value: TableValue = { database: databaseOf(db), schema };
  return createTableTarget<RowOf<C>>(await mountTarget(tables.at(tableKey(value), value)), schema);
}

function createTableTarget<Row>(provider: TargetProvider<StableKey, StoredRow>, schema: TableSchema): TableTarget<Row> {
  return Object.freeze({
    declareRow(row: Row, ...surplus: readonly unknown[]): void {
      refuseSurplus("declare a row", surplus);
      const stored = storedRow(schema, row);
      declareTargetState(provider, keyOfRow(schema, stored), stored);
    },
    [memoKey]: () => [provider[memoKey](), schema],
    [formatOneMemoKey]: () => [formatOneKeyOf(provider), schema],
    [boundOwner]: ownerOf(provider),
    [bindTarget]: (owner: TargetOwner) => createTableTarget<Row>(bindProvider(provider, owner), schema),
  });
}
