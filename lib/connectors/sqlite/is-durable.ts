import { isNoPath } from "../../places/place.ts";
import type { Database } from "./database.ts";
import { DatabaseFile } from "./database-file.ts";

/** The value of `PRAGMA synchronous` from which a committed transaction is on disk. */
const FULL = 2;

/**
 * Whether the transactions of a database survive a power cut. Tidemark opens files so that they do; a connection of the user's may have another `synchronous`. A database in memory has nothing to survive.
 */
export function isDurable(database: Database): boolean {
  if (database instanceof DatabaseFile || isNoPath(database.location)) return true;
  const level = database.connection().prepare("PRAGMA synchronous").get()?.["synchronous"];
  return level === undefined || Number(level) >= FULL;
}
