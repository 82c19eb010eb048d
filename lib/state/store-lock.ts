import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { TidemarkError } from "../errors.ts";
import { reservedFolders, type Reservation } from "../places/reserved-folders.ts";
import { loadSqlite } from "./load-sqlite.ts";
import { requireDescriptors } from "./require-descriptors.ts";
import { DATA_FILE } from "./store-format.ts";

const LOCK_FILE = ".owner.lock";
/** The files that a store has open, or locked, as long as it is open. */
const HELD_FILES = [LOCK_FILE, "lock.mdb", DATA_FILE];
const OWNER_FILE = "owner.json";
const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/**
 * The sole right to a store's folder, held until it is released or the process ends, however it ends.
 *
 * It is a lock of the operating system on `.owner.lock`, taken by SQLite, since Node has no function for it: unlike
 * a file with a process id in it, it cannot be left behind. Who holds it is in `owner.json`, for the message only.
 *
 * The folder is reserved as long: the system drops the lock when any other descriptor of this process on the file is closed.
 */
export class StoreLock implements Disposable {
  readonly #database: DatabaseSync;
  readonly #note: OwnerNote;
  readonly #reservation: Reservation;
  readonly #folder: string;
  readonly #locked: string | undefined;

  /** @throws {@link TidemarkError} `STORE_LOCKED` at once when it is held, in this process or another one. */
  static acquire(folder: string): StoreLock {
    requireDescriptors(folder);
    const reservation = reservedFolders.reserve(folder, HELD_FILES);
    try {
      const path = join(folder, LOCK_FILE);
      const database = lock(folder, path) ?? lockEmptied(folder, path);
      return new StoreLock(folder, database, OwnerNote.write(join(folder, OWNER_FILE)), reservation);
    } catch (error) {
      reservation[Symbol.dispose]();
      throw error;
    }
  }

  private constructor(folder: string, database: DatabaseSync, note: OwnerNote, reservation: Reservation) {
    this.#folder = folder;
    this.#locked = identityOf(join(folder, LOCK_FILE));
    this.#database = database;
    this.#note = note;
    this.#reservation = reservation;
  }

  /**
   * Makes sure that other processes meet the lock: it is on a file, and they look for that file by its name.
   *
   * @throws {@link TidemarkError} `STORE_LOST` when the file was deleted or replaced
   */
  requireInPlace(): void {
    if (identityOf(join(this.#folder, LOCK_FILE)) === this.#locked) return;
    throw new TidemarkError(
      "STORE_LOST",
      `Cannot use store at ${this.#folder}: its ${LOCK_FILE} was deleted or replaced while it was open, so that others can open it; close the environment and create another`,
      { facts: { path: this.#folder } },
    );
  }

  /** Releases the lock; a second call is harmless. */
  release(): void {
    if (!this.#database.isOpen) return;
    using _ = this.#reservation;
    try {
      this.#note.remove();
    } finally {
      this.#database.close();
    }
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/**
 * The file that names the owner of the lock. It only makes a message clearer: on a full disk, or one that has become read-only, the store
 * is opened and closed without it.
 */
class OwnerNote {
  readonly #path: string;
  /** The file as it was written; `undefined` when it could not be. */
  readonly #written: string | undefined;

  static write(path: string): OwnerNote {
    try {
      writeFileSync(path, `${JSON.stringify({ pid: process.pid, host: hostname() })}\n`);
      return new OwnerNote(path, identityOf(path));
    } catch {
      return new OwnerNote(path, undefined);
    }
  }

  private constructor(path: string, written: string | undefined) {
    this.#path = path;
    this.#written = written;
  }

  /** Removes the file, unless it belongs to another store that was put in the place of this one. */
  remove(): void {
    try {
      if (identityOf(this.#path) === this.#written) rmSync(this.#path, { force: true });
    } catch {
      // The file stays behind, and the next owner overwrites it.
    }
  }
}

function identityOf(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}

/** Takes the lock; `undefined` when the content of the file, which has none otherwise, makes that impossible. */
function lock(folder: string, path: string): DatabaseSync | undefined {
  const { DatabaseSync } = loadSqlite();
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return database;
  } catch (cause) {
    database.close();
    const code = sqliteCode(cause);
    if (code === SQLITE_NOTADB || code === SQLITE_CORRUPT) return undefined;
    throw code === SQLITE_BUSY ? lockedError(folder, cause) : cause;
  }
}

/**
 * Takes the lock after it has emptied the file. The lock is on the file, which stays, not on its name: two processes that find it damaged still
 * exclude each other. No store has it locked, or SQLite could not have read its content.
 */
function lockEmptied(folder: string, path: string): DatabaseSync {
  truncateSync(path);
  const database = lock(folder, path);
  if (database !== undefined) return database;
  throw new TidemarkError("STORE_CORRUPT", `Cannot open store at ${folder}: ${LOCK_FILE} is damaged; delete it`, {
    facts: { path: folder },
  });
}

function sqliteCode(error: unknown): number | undefined {
  // The upper bits tell kinds of one code apart.
  return error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : undefined;
}

function lockedError(folder: string, cause: unknown): TidemarkError {
  const owner = readOwner(folder);
  const by = owner ? `process ${owner.pid} on ${owner.host}` : "another process";
  return new TidemarkError("STORE_LOCKED", `Cannot open store at ${folder}: it is in use by ${by}`, {
    cause,
    facts: { path: folder, ...owner },
  });
}

function readOwner(folder: string): { pid: number; host: string } | undefined {
  try {
    const { pid, host } = JSON.parse(readFileSync(join(folder, OWNER_FILE), "utf8")) as Record<string, unknown>;
    return typeof pid === "number" && typeof host === "string" ? { pid, host } : undefined;
  } catch {
    // The owner has not got as far as writing it, or has just released the lock: then it stays unknown.
    return undefined;
  }
}
