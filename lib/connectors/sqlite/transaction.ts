import type { DatabaseSync } from "node:sqlite";
import { pause } from "../../time/pause.ts";
import { systemClock } from "../../time/system-clock.ts";
import type { Database } from "./database.ts";
import { databaseError, isBusy } from "./database-error.ts";

/** How long a lock of somebody else is waited for, without blocking the event loop: tries with a pause after each. */
const TRIES = 100;
const PAUSE_MS = 50;

/** Databases that stayed locked to the end of a wait: no further wait until one write has worked, as each batch would add one. */
const stuck = new WeakSet<Database>();

/**
 * Runs `body` in a transaction that is committed when it returns and rolled back when it throws. `body` is synchronous, so
 * that nothing else of this process comes in between, and may be called again when the database turns out to be locked.
 *
 * @throws TidemarkError DATABASE_UNAVAILABLE or DATABASE_WRITE_FAILED, or what `body` throws
 */
export function inTransaction<T>(
  database: Database,
  act: string,
  body: (db: DatabaseSync) => T,
  tries: number = TRIES,
): Promise<T> {
  return retryWhileLocked(database, act, () => runOnce(database.connection(), body), tries);
}

/**
 * Runs `step`, again and again after pauses for as long as the database is locked by another connection.
 *
 * @throws TidemarkError DATABASE_UNAVAILABLE or DATABASE_WRITE_FAILED, or the error of `step`
 */
export async function retryWhileLocked<T>(
  database: Database,
  act: string,
  step: () => T,
  tries: number = TRIES,
): Promise<T> {
  for (let triesLeft = stuck.has(database) ? 1 : tries; ; triesLeft -= 1) {
    try {
      const result = step();
      stuck.delete(database);
      return result;
    } catch (error) {
      if (isBusy(error) && triesLeft <= 1) stuck.add(database);
      if (!isBusy(error) || triesLeft <= 1) throw databaseError(act, database.location, error);
    }
    await pause(PAUSE_MS, { clock: systemClock });
  }
}

function runOnce<T>(db: DatabaseSync, body: (db: DatabaseSync) => T): T {
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

function rollBack(db: DatabaseSync): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // SQLite rolls back by itself after some errors, such as a full disk; the error that led here is the one to tell.
  }
}
