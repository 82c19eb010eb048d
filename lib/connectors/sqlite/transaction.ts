import type { DatabaseSync } from "node:sqlite";
import { pause } from "../../time/pause.ts";
import { systemClock } from "../../time/system-clock.ts";
import type { Database } from "./database.ts";
import { databaseError, isBusy } from "./database-error.ts";

/** How long a lock of somebody else is waited for, without blocking the event loop: tries with a pause after each. */
const TRIES = 100;
const PAUSE_MS = 50;

/** The longest time that SQLite itself may wait for a lock, during which nothing else of the process runs, in milliseconds. */
const MAX_BLOCKING_MS = 20;

/** Databases that stayed locked to the end of a wait: no further wait until one write has worked, as each batch would add one. */
const stuck = new WeakSet<Database>();

/** Options of {@link inTransaction} and {@link retryWhileLocked}. */
export interface TransactionOptions {
  /** The caller's action in words, for errors. */
  readonly act: string;
  /** Ends the wait for a locked database: it rejects with the reason. */
  readonly signal?: AbortSignal | undefined;
  /** How often a locked database is tried. @default for 5 s */
  readonly tries?: number | undefined;
}

/**
 * Runs `body` in a transaction that is committed when it returns and rolled back when it throws. `body` is synchronous, so
 * that nothing else of this process comes in between, and may be called again when the database turns out to be locked.
 *
 * @throws TidemarkError DATABASE_UNAVAILABLE or DATABASE_WRITE_FAILED, or what `body` throws
 */
export function inTransaction<T>(
  database: Database,
  { act, signal, tries }: TransactionOptions & { readonly signal: AbortSignal },
  body: (db: DatabaseSync) => T,
): Promise<T> {
  return retryWhileLocked(database, { act, signal, tries }, () => runOnce(database.connection(), body));
}

/**
 * Runs `step`, again and again after pauses for as long as the database is locked by another connection.
 *
 * @throws TidemarkError DATABASE_UNAVAILABLE or DATABASE_WRITE_FAILED, or the error of `step`
 */
export async function retryWhileLocked<T>(
  database: Database,
  { act, signal, tries = TRIES }: TransactionOptions,
  step: () => T,
): Promise<T> {
  signal?.throwIfAborted();
  for (let triesLeft = stuck.has(database) ? 1 : tries; ; triesLeft -= 1) {
    try {
      const result = step();
      stuck.delete(database);
      return result;
    } catch (error) {
      if (isBusy(error) && triesLeft <= 1) stuck.add(database);
      if (!isBusy(error) || triesLeft <= 1) throw databaseError(act, database.location, error);
    }
    await pause(PAUSE_MS, { clock: systemClock, signal });
  }
}

function runOnce<T>(db: DatabaseSync, body: (db: DatabaseSync) => T): T {
  using _blocking = limitBlocking(db);
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = body(db);
    db.exec("COMMIT");
    return result;
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** Shortens the busy timeout of a connection until disposed of: the user may have set one of a minute. */
function limitBlocking(db: DatabaseSync): Disposable {
  const timeoutMs = Number(db.prepare("PRAGMA busy_timeout").get()?.["timeout"]);
  if (timeoutMs <= MAX_BLOCKING_MS) return { [Symbol.dispose]() {} };
  db.exec(`PRAGMA busy_timeout = ${MAX_BLOCKING_MS}`);
  return { [Symbol.dispose]: () => db.exec(`PRAGMA busy_timeout = ${timeoutMs}`) };
}

function rollBack(db: DatabaseSync): void {
  // A second time, because a transaction that stays open would have all later ones refused.
  for (let triesLeft = 2; triesLeft > 0; triesLeft -= 1) {
    try {
      return db.exec("ROLLBACK");
    } catch {
      // SQLite rolls back by itself after some errors, such as a full disk; the error that led here is the one to tell.
    }
  }
}
