import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { TidemarkError } from "../../errors.ts";
import { canonicalPath } from "../../places/canonical-path.ts";
import { DatabaseFile } from "./database-file.ts";
import { requireNoStoreFile } from "./require-no-store-file.ts";
import { shownValue } from "./shown-value.ts";

/** A database that tables are in. */
export interface Database {
  /** What names it: the absolute path of its file; a name that no other database ever has for one in memory. */
  readonly location: string;
  /**
   * The open connection; to be used before the next turn of the event loop, and asked for again after.
   *
   * @throws TidemarkError DATABASE_UNAVAILABLE when the user has closed it, or the error of SQLite when it cannot be opened
   */
  connection(): DatabaseSync;
}

const givenByConnection = new WeakMap<DatabaseSync, Database>();
const givenByLocation = new Map<string, WeakRef<DatabaseSync>>();
const files = new Map<string, DatabaseFile>();

/**
 * The database behind what a user gave: an open connection, which stays the user's, or the path of a file.
 *
 * @throws TypeError or RangeError when it is neither, TidemarkError DATABASE_UNAVAILABLE when the connection is closed, or the file is in
 *   the folder of an open store
 */
export function databaseOf(given: DatabaseSync | string): Database {
  if (given instanceof DatabaseSync) return givenByConnection.get(given) ?? adopt(given);
  if (typeof given !== "string") {
    throw new TypeError(`Cannot use the database: \`db\` must be a DatabaseSync or a path, got ${shownValue(given)}`);
  }
  if (given === "" || given === ":memory:" || given.startsWith("file:")) {
    throw new RangeError(
      `Cannot use the database: \`db\` must be the path of a file, got ${shownValue(given)}; open a DatabaseSync for others`,
    );
  }
  const location = canonicalPath(given);
  requireNoStoreFile(location);
  return fileAt(location);
}

/** The database of a location from our records; `undefined` when it is not there any more. */
export function databaseAt(location: string): Database | undefined {
  const given = givenByLocation.get(location)?.deref();
  if (given?.isOpen) return databaseOf(given);
  return existsSync(location) ? fileAt(location) : undefined;
}

function adopt(given: DatabaseSync): Database {
  const location = locationOf(openConnection(given, undefined));
  for (const [at, reference] of givenByLocation) if (reference.deref() === undefined) givenByLocation.delete(at);
  givenByLocation.set(location, new WeakRef(given));
  const database: Database = { location, connection: () => openConnection(given, location) };
  givenByConnection.set(given, database);
  return database;
}

function openConnection(given: DatabaseSync, location: string | undefined): DatabaseSync {
  if (given.isOpen) return given;
  const name = location === undefined ? "" : ` ${shownValue(location)}`;
  throw new TidemarkError("DATABASE_UNAVAILABLE", `Cannot use the database${name}: its connection was closed`, {
    facts: { location },
  });
}

function locationOf(given: DatabaseSync): string {
  // database.location() is younger than Node 22.15.
  const main = given
    .prepare("PRAGMA database_list")
    .all()
    .find(({ name }) => name === "main");
  const file = String(main?.["file"] ?? "");
  return file === "" ? `memory:${randomUUID()}` : canonicalPath(file);
}

function fileAt(location: string): DatabaseFile {
  const known = files.get(location);
  if (known !== undefined) return known;
  const file = new DatabaseFile(location);
  files.set(location, file);
  return file;
}
