import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { DatabaseFile } from "./database-file.ts";
import type { Database } from "./database.ts";
import { retryWhileLocked } from "./transaction.ts";

/**
 * Runs `body`, which only reads, on a database. A file gets a connection of its own, and is not created. That connection is not opened
 * read-only: a read-only one cannot merge the write-ahead log of a process that was killed, and leaves files behind.
 *
 * @throws TidemarkError DATABASE_UNAVAILABLE or DATABASE_WRITE_FAILED, or the error of `body`
 */
export function readDatabase<T>(database: Database, act: string, body: (db: DatabaseSync) => T): Promise<T> {
  return retryWhileLocked(database, act, () => {
    if (!(database instanceof DatabaseFile)) return body(database.connection());
    const url = pathToFileURL(database.location);
    url.searchParams.set("mode", "rw");
    const db = new DatabaseSync(url);
    try {
      db.exec("PRAGMA query_only = ON");
      return body(db);
    } finally {
      db.close();
    }
  });
}
