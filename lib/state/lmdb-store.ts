import { mkdir } from "node:fs/promises";
import { TidemarkError } from "../errors.ts";
import { flushFolders, flushFolderSync, foldersAbove, isUnreadable } from "../places/flush-folder.ts";
import { byteString } from "./byte-string.ts";
import { checkChanges, checkKey } from "./check-change.ts";
import { checkLmdbFiles } from "./check-lmdb-files.ts";
import { LmdbDatabase } from "./lmdb-database.ts";
import { clipBound, mergeRange } from "./merge-range.ts";
import { checkFormat, STORE_FORMAT, writeFormat } from "./store-format.ts";
import { StoreLock } from "./store-lock.ts";
import type { StateChange, StateEntry, StateStore } from "./store.ts";
import { upgradeFolder, type FolderUpgrade } from "./upgrade-folder.ts";
import { WriteQueue } from "./write-queue.ts";

/** Options of {@link LmdbStore.open}. */
export interface LmdbStoreOptions {
  /** How much address space to begin with; it grows as needed. @default 268435456 */
  readonly initialMapBytes?: number;
}

const DEFAULT_MAP_BYTES = 256 * 1024 * 1024;
const LIMITS = { maxChanges: 40_000, maxBytes: 32 * 1024 * 1024 };

/** A {@link StateStore} in a folder, which one store at a time can have open. */
export class LmdbStore implements StateStore {
  /** The folder. */
  readonly path: string;
  /** The upgrade of the folder when it was opened; `undefined` when its format is the current one already. */
  readonly upgrade: FolderUpgrade | undefined;
  readonly #lock: StoreLock;
  readonly #database: LmdbDatabase;
  readonly #queue: WriteQueue;
  #closing: Promise<void> | undefined;

  /**
   * Opens the store in a folder, which is created if need be, and upgraded if an earlier version made it.
   *
   * @throws {@link TidemarkError} `STORE_LOCKED` at once when it is open already, here or in another process.
   * @throws {@link TidemarkError} `STORE_TOO_NEW` when a newer Tidemark made it; the folder is not touched.
   * @throws {@link TidemarkError} `STORE_CORRUPT` when its files are not those of a store.
   * @throws {@link TidemarkError} `STORE_UNAVAILABLE` when it is no folder, or one that cannot be written.
   */
  static async open(path: string, options: LmdbStoreOptions = {}): Promise<LmdbStore> {
    try {
      await checkFormat(path);
      await makeFolder(path);
      return await openLocked(path, (lock, { hasData, upgrade }) => {
        const database = new LmdbDatabase(path, options.initialMapBytes ?? DEFAULT_MAP_BYTES);
        // LMDB flushes its file, and not the entry of a new one.
        if (!hasData) flushFolderSync(path);
        return new LmdbStore(path, lock, database, upgrade);
      });
    } catch (error) {
      throw openError(path, error);
    }
  }

  private constructor(path: string, lock: StoreLock, database: LmdbDatabase, upgrade: FolderUpgrade | undefined) {
    this.path = path;
    this.upgrade = upgrade;
    this.#lock = lock;
    this.#database = database;
    this.#queue = new WriteQueue((writes) => this.#commit(writes), LIMITS);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#requireOpen();
    checkKey(key, "get entry");
    const pending = this.#queue.find(key);
    if (!pending) return this.#database.get(key);
    return pending.value && new Uint8Array(pending.value);
  }

  range(start: Uint8Array, end: Uint8Array): Iterable<StateEntry> {
    this.#requireOpen();
    return mergeRange(start, end, {
      read: (from, to, limits) => {
        this.#requireOpen();
        return this.#database.read(from, to, limits);
      },
      findPending: (from, to) => this.#queue.findRange(byteString(from), byteString(to)),
    });
  }

  count(start: Uint8Array, end: Uint8Array): number {
    this.#requireOpen();
    let count = this.#database.count(clipBound(start), clipBound(end));
    for (const { key, value } of this.#queue.findRange(byteString(start), byteString(end))) {
      const wasThere = this.#database.get(key) !== undefined;
      count += Number(value !== undefined) - Number(wasThere);
    }
    return count;
  }

  async write(changes: readonly StateChange[]): Promise<void> {
    this.#requireOpen();
    checkChanges(changes);
    return this.#queue.push(changes);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    using _ = this.#lock;
    await this.#queue.idle();
    await this.#database.close();
  }

  async #commit(writes: readonly (readonly StateChange[])[]): Promise<void> {
    try {
      await this.#database.commit(writes);
    } catch (cause) {
      throw unavailableError(`write to store at ${this.path}`, this.path, cause);
    }
  }

  #requireOpen(): void {
    if (!this.#closing) return;
    throw new TidemarkError("STORE_CLOSED", `Cannot use store at ${this.path}: it is closed`, {
      facts: { path: this.path },
    });
  }
}

async function openLocked(
  path: string,
  open: (lock: StoreLock, prepared: PreparedFolder) => LmdbStore,
): Promise<LmdbStore> {
  const lock = StoreLock.acquire(path);
  try {
    return open(lock, await prepareFolder(path));
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Makes the folder of a store, so that a power cut does not take it away from under its data. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  await flushFolders(foldersAbove(first, path), (_, error) => {
    if (!isUnreadable(error)) throw error;
  });
}

interface PreparedFolder {
  readonly hasData: boolean;
  readonly upgrade: FolderUpgrade | undefined;
}

async function prepareFolder(path: string): Promise<PreparedFolder> {
  // Asked again: another process may have made the store, and closed it, before we had the lock.
  const format = await checkFormat(path);
  if (format === "absent") await writeFormat(path);
  const hasData = await checkLmdbFiles(path);
  if (format === "absent" || format === STORE_FORMAT) return { hasData, upgrade: undefined };
  if (hasData) return { hasData, upgrade: await upgradeFolder(path, format) };
  await writeFormat(path);
  return { hasData, upgrade: undefined };
}

function openError(path: string, error: unknown): TidemarkError {
  if (error instanceof TidemarkError) return error;
  return unavailableError(`open store at ${path}`, path, error);
}

function unavailableError(act: string, path: string, cause: unknown): TidemarkError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TidemarkError("STORE_UNAVAILABLE", `Cannot ${act}: ${reason}`, { cause, facts: { path } });
}
