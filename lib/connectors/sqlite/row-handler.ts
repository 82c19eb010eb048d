import type { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { TargetChange, TargetDecision, TargetHandler } from "../../engine/targets/target-handler.ts";
import type { StableKey } from "../../state/stable-key.ts";
import type { Database } from "./database.ts";
import { databaseError, isBusy } from "./database-error.ts";
import { differences, existingTable } from "./existing-table.ts";
import { inspectRows } from "./inspect-rows.ts";
import { rowFingerprinter, storedKey, type StoredRow } from "./row.ts";
import { createRowWriter, type RowWriter } from "./row-writer.ts";
import { shownValue } from "./shown-value.ts";
import type { TableSchema } from "./table-schema.ts";
import { inTransaction } from "./transaction.ts";

/** What is to be done with one row: written, or deleted when there is none. */
export interface RowAction {
  readonly key: StableKey;
  readonly row: StoredRow | undefined;
}

/** How much one transaction writes at most, so that other work gets a turn; a longer row has a transaction of its own. */
const MAX_ROWS = 1000;
const MAX_CHARACTERS = 4_000_000;

/** The handler of the rows of one table; what is remembered of a row is its fingerprint. */
export function rowHandler(
  database: Database,
  schema: TableSchema,
): TargetHandler<StableKey, StoredRow, string, RowAction> {
  const fingerprint = rowFingerprinter(schema);
  return {
    reconcile: (change) => reconcileRow(change, fingerprint),
    async apply(actions) {
      const act = `Cannot write table ${shownValue(schema.table)}`;
      for (const [at, batch] of batches(actions).entries()) {
        if (at > 0) await nextTurn();
        await inTransaction(database, act, (db) => {
          // A row to write fails below in a table that somebody has dropped or replaced, and says why.
          if (batch.every(({ row }) => row === undefined) && !isThere(db, schema)) return;
          const writer = createRowWriter(db, schema);
          for (const action of batch) applyRow(writer, schema, action, database.location);
        });
      }
    },
    inspect: (states, options) => inspectRows(database, schema, states, options),
  };
}

function reconcileRow(
  change: TargetChange<StableKey, StoredRow, string>,
  fingerprint: (row: StoredRow) => string,
): TargetDecision<string, RowAction> | undefined {
  const { key, desired: row, previous, mayBeMissing } = change;
  if (row === undefined) return previous.length === 0 ? undefined : { action: { key, row }, tracking: undefined };
  const tracking = fingerprint(row);
  const isWritten = !mayBeMissing && previous.length > 0 && previous.every((recorded) => recorded === tracking);
  return isWritten ? undefined : { action: { key, row }, tracking };
}

/** Whether the table that the rows were written to is there, and not another one of that name, whose rows are not ours. */
function isThere(db: DatabaseSync, schema: TableSchema): boolean {
  const existing = existingTable(db, schema.table);
  return existing !== undefined && differences(existing, schema).length === 0;
}

function applyRow(writer: RowWriter, schema: TableSchema, action: RowAction, location: string): void {
  try {
    if (action.row === undefined) writer.delete(storedKey(schema, action.key));
    else writer.upsert(action.row);
  } catch (error) {
    // The transaction is tried again when it was a lock.
    if (isBusy(error)) throw error;
    const act = `Cannot write row ${shownValue(action.key)} of table ${shownValue(schema.table)}`;
    throw databaseError(act, location, error);
  }
}

function batches(actions: readonly RowAction[]): readonly (readonly RowAction[])[] {
  const all: RowAction[][] = [];
  let rows = MAX_ROWS;
  let characters = 0;
  for (const action of actions) {
    const size = (action.row ?? []).reduce((sum: number, value) => sum + sizeOf(value), 0);
    if (rows === MAX_ROWS || characters + size > MAX_CHARACTERS) {
      all.push([]);
      rows = 0;
      characters = 0;
    }
    all.at(-1)?.push(action);
    rows += 1;
    characters += size;
  }
  return all;
}

function sizeOf(value: StoredRow[number]): number {
  return typeof value === "string" || value instanceof Uint8Array ? value.length : 8;
}
