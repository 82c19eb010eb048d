import { readFileSync, rmSync, writeFileSync } from "node:fs";
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
  readonly #ownerFile: string;
  readonly #reservation: Reservation;

  /** @throws {@link TidemarkError} `STORE_LOCKED` at once when it is held, in this process or another one. */
  static acquire(folder: string): StoreLock {
    requireDescriptors(folder);
    const reservation = reservedFolders.reserve(folder, HELD_FILES);
    try {
      return StoreLock.#acquire(folder, reservation);
    } catch (error) {
      reservation[Symbol.dispose]();
      throw error;
    }
  }

  static #acquire(folder: string, reservation: Reservation): StoreLock {
    const { DatabaseSync } = loadSqlite();
    const database = new DatabaseSync(join(folder, LOCK_FILE));
    const ownerFile = join(folder, OWNER_FILE);
    try {
      database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
      writeFileSync(ownerFile, `${JSON.stringify({ pid: process.pid, host: hostname() })}\n`);
    } catch (cause) {
      database.close();
      throw isBusy(cause) ? lockedError(folder, cause) : cause;
    }
    return new StoreLock(database, ownerFile, reservation);
  }

  private constructor(database: DatabaseSync, ownerFile: string, reservation: Reservation) {
    this.#database = database;
    this.#ownerFile = ownerFile;
    this.#reservation = reservation;
  }

  /** Releases the lock; a second call is harmless. */
  release(): void {
    if (!this.#database.isOpen) return;
    using _ = this.#reservation;
    try {
      rmSync(this.#ownerFile, { force: true });
    } finally {
      this.#database.close();
    }
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

function isBusy(error: unknown): boolean {
  // The upper bits tell kinds of busy apart.
  return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
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
