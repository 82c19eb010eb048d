import { setImmediate as nextTurn } from "node:timers/promises";
import { TidemarkError } from "../../errors.ts";
import { prefixEnd } from "../../state/stable-key.ts";
import type { StateStore } from "../../state/store.ts";
import type { AppRows } from "../records/app-rows.ts";
import { removeRow } from "../records/row-change.ts";
import { describeRow } from "../records/row-errors.ts";
import { createRowKey, readAppId, type Family } from "../records/row-keys.ts";
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
  /** A promise is waited for before the next row is read. */
  readonly visit: (row: T, key: Uint8Array) => Promise<void> | void;
  /** Whether a damaged row can be removed without losing records that nothing else has. @default true */
  readonly isRemovable?: boolean;
  /** Takes the key of a damaged row in place of a finding. */
  readonly onDamaged?: (key: Uint8Array) => void;
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
    const visited = readRow(scope, key, value, reader);
    if (visited !== undefined) await visited;
  }
}

function readRow<T>(scope: CheckScope, key: Uint8Array, value: Uint8Array, reader: RowReader<T>): Promise<void> | void {
  let row: T;
  try {
    row = reader.decode(key, value);
  } catch (error) {
    return addUnreadable(scope, key, reader, error);
  }
  return reader.visit(row, key);
}

function addUnreadable(
  { app, findings }: CheckScope,
  key: Uint8Array,
  { isRemovable = true, onDamaged }: Pick<RowReader<unknown>, "isRemovable" | "onDamaged">,
  error: unknown,
): void {
  if (error instanceof TidemarkError && error.code === "STORE_TOO_NEW") {
    const { subject } = describeRow(key);
    findings.addNote({ kind: "later-version", app, subject, message: "was written by a later version of Tidemark" });
    return;
  }
  if (!(error instanceof TidemarkError) || error.code !== "STORE_CORRUPT") throw error;
  if (onDamaged !== undefined) return onDamaged(key);
  const repair: Repair | undefined = isRemovable ? { changes: [removeRow(key)] } : undefined;
  findings.addProblem({ ...damagedRow(key), app, ...(app === undefined ? {} : { appId: readAppId(key) }), repair });
}

/** The finding of a row that cannot be read. */
export function damagedRow(key: Uint8Array): Pick<Finding, "kind" | "message" | "subject"> {
  return { kind: "damaged-row", subject: `the row "${describeRow(key).subject}"`, message: "cannot be read" };
}

/** Adds a problem of an app. */
export function addProblem({ app, findings, rows }: AppScope, finding: Omit<Finding, "app" | "appId">): void {
  findings.addProblem({ app, appId: rows.appId, ...finding });
}

/** Reads rows during a scan; `undefined` where a row is damaged, which the scan of its family reports. */
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
