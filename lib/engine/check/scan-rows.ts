import { setImmediate as nextTurn } from "node:timers/promises";
import { TidemarkError } from "../../errors.ts";
import { prefixEnd } from "../../state/stable-key.ts";
import type { StateStore } from "../../state/store.ts";
import type { AppRows } from "../records/app-rows.ts";
import { removeRow } from "../records/row-change.ts";
import { describeRow } from "../records/row-errors.ts";
import { createRowKey, type Family } from "../records/row-keys.ts";
import type { Finding, Repair } from "./finding.ts";
import type { Findings } from "./findings.ts";

/** So many rows are read before other work gets a turn. */
const ROWS_PER_TURN = 256;

/** The part of a store that is checked. */
export interface CheckScope {
  readonly store: StateStore;
  readonly findings: Findings;
  /** The name of the app; `undefined` for the store as a whole. */
  readonly app: string | undefined;
  /** Ends the check: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** One app that is checked. */
export interface AppScope extends CheckScope {
  readonly app: string;
  readonly rows: AppRows;
}

/** How the rows of a family are read. */
export interface RowReader<T> {
  /** Decodes one row; it throws for a damaged one. */
  readonly decode: (key: Uint8Array, value: Uint8Array) => T;
  readonly visit: (row: T, key: Uint8Array) => void;
  /** Whether a damaged row can be removed without losing records that nothing else has. @default true */
  readonly isRemovable?: boolean;
}

/** Reads all rows of one family of an app. */
export function scanFamily<T>(scope: AppScope, family: Family, reader: RowReader<T>): Promise<void> {
  return scanRows(scope, createRowKey(scope.rows.appId, family), reader);
}

/** Reads all rows whose keys begin with a prefix. A damaged row is a finding, and is not visited. */
export async function scanRows<T>(scope: CheckScope, prefix: Uint8Array, reader: RowReader<T>): Promise<void> {
  const { findings, signal, store } = scope;
  let numRows = 0;
  for (const { key, value } of store.range(prefix, prefixEnd(prefix))) {
    findings.counts.rows++;
    if (++numRows % ROWS_PER_TURN === 0) {
      await nextTurn();
      signal?.throwIfAborted();
    }
    readRow(scope, key, value, reader);
  }
}

function readRow<T>(scope: CheckScope, key: Uint8Array, value: Uint8Array, reader: RowReader<T>): void {
  const { decode, isRemovable = true, visit } = reader;
  let row: T;
  try {
    row = decode(key, value);
  } catch (error) {
    return addUnreadable(scope, key, isRemovable, error);
  }
  visit(row, key);
}

function addUnreadable({ app, findings }: CheckScope, key: Uint8Array, isRemovable: boolean, error: unknown): void {
  const { subject } = describeRow(key);
  if (error instanceof TidemarkError && error.code === "STORE_TOO_NEW") {
    findings.addNote({ kind: "later-version", app, subject, message: "was written by a later version of Tidemark" });
    return;
  }
  if (!(error instanceof TidemarkError) || error.code !== "STORE_CORRUPT") throw error;
  const repair: Repair | undefined = isRemovable ? { changes: [removeRow(key)] } : undefined;
  findings.addProblem({ kind: "damaged-row", app, subject: `the row "${subject}"`, message: "cannot be read", repair });
}

/** Adds a problem of an app. */
export function addProblem({ app, findings }: AppScope, finding: Omit<Finding, "app">): void {
  findings.addProblem({ app, ...finding });
}

/** Reads rows beside those that are scanned; `undefined` where one is damaged, which is a finding of its own. */
export function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TidemarkError && (error.code === "STORE_CORRUPT" || error.code === "STORE_TOO_NEW")) {
      return undefined;
    }
    throw error;
  }
}
