import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { TidemarkError } from "../errors.ts";
import { loadSqlite } from "./load-sqlite.ts";

// With a dot, so that patterns such as `**/*` pass it by: the system drops a lock when any other handle of the locking
// process on the same file is closed.
const LOCK_FILE = ".owner.lock";
const OWNER_FILE = "owner.json";
const SQLITE_BUSY = 5;

/**
 * The sole right to a store's folder, held until it is released or the process ends, however it ends.
 *
 * It is a lock of the operating system on `.owner.lock`, taken by SQLite, since Node has no function for it: unlike
 * a file with a process id in it, it cannot be left behind. Who holds it is in `owner.json`, for the message only.
 */
export class StoreLock implements Disposable {
  readonly #database: DatabaseSync;
  readonly #ownerFile: string;

  /** @throws {@link TidemarkError} `STORE_LOCKED` at once when it is held, in this process or another one. */
  static acquire(folder: string): StoreLock {
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
    return new StoreLock(database, ownerFile);
  }

  private constructor(database: DatabaseSync, ownerFile: string) {
    this.#database = database;
    this.#ownerFile = ownerFile;
  }

  /** Releases the lock; a second call is harmless. */
  release(): void {
    if (!this.#database.isOpen) return;
    rmSync(this.#ownerFile, { force: true });
    this.#database.close();
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
