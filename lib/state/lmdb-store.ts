import { access, constants, mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { TidemarkError } from "../errors.ts";
import { flushFolders, flushFolderSync, foldersAbove, isUnreadable } from "../places/flush-folder.ts";
import { byteString } from "./byte-string.ts";
import { checkChanges, checkKey } from "./check-change.ts";
import { checkData, type CheckedData } from "./check-data.ts";
import { createCloseNote, voidCloseNote, writeCloseNote } from "./close-note.ts";
import { numDamagedRows } from "./damaged-rows.ts";
import { DataFile } from "./data-file.ts";
import { LmdbDatabase } from "./lmdb-database.ts";
import { clipBound, mergeRange } from "./merge-range.ts";
import { readFileState } from "./pages/file-state.ts";
import type { RowCheck } from "./pages/row-check.ts";
import { reserveLmdbFiles } from "./reserve-lmdb-files.ts";
import { RowSum } from "./row-sum.ts";
import { isLackOfRoom, storeError } from "./store-error.ts";
import { checkFormat, DATA_FILE, STORE_FORMAT, writeFormat } from "./store-format.ts";
import { StoreLock } from "./store-lock.ts";
import type { StateChange, StateEntry, StateStore, StoreFailure } from "./store.ts";
import { upgradeFolder, type FolderUpgrade } from "./upgrade-folder.ts";
import { UsedKeys } from "./used-keys.ts";
import { WriteQueue, type PendingWrites } from "./write-queue.ts";

/** Options of {@link LmdbStore.open}. */
export interface LmdbStoreOptions {
  /** How much address space to begin with; it grows as needed. @default 268435456 */
  readonly initialMapBytes?: number;
  /** Checks each row when the store was not closed, or its data were changed since. @default rows are not checked */
  readonly checkRow?: RowCheck;
}

const DEFAULT_MAP_BYTES = 256 * 1024 * 1024;
/** All changes of a commit are handed over in one turn of the event loop, about 1,000 in a millisecond. */
const LIMITS = { maxChanges: 8000, maxBytes: 32 * 1024 * 1024 };

/** A {@link StateStore} in a folder, which one store at a time can have open. */
export class LmdbStore implements StateStore {
  /** The folder. */
  readonly path: string;
  /** The upgrade of the folder when it was opened; `undefined` when its format is the current one already. */
  readonly upgrade: FolderUpgrade | undefined;
  readonly #lock: StoreLock;
  readonly #database: LmdbDatabase;
  readonly #rowSum: RowSum;
  readonly #file: DataFile;
  readonly #queue: WriteQueue;
  #closing: Promise<void> | undefined;
  readonly #numDamagedBefore = numDamagedRows();
  /** Whether the next opening is to check the data: damage was met, or rows of data that changed since the last close were not checked. */
  #isDoubtful = false;
  /** Whether the data were last seen deleted, replaced or cut short. */
  #isLost = false;

  /**
   * Opens the store in a folder, which is created if need be, and upgraded if an earlier version made it.
   *
   * @throws {@link TidemarkError} `STORE_LOCKED` at once when it is open already, here or in another process.
   * @throws {@link TidemarkError} `STORE_TOO_NEW` when a newer Tidemark made it; the folder is not touched.
   * @throws {@link TidemarkError} `STORE_CORRUPT` when its files are damaged, or not those of a store.
   * @throws {@link TidemarkError} `STORE_UNAVAILABLE` when it is no folder, or one that cannot be written.
   */
  static async open(folder: string, options: LmdbStoreOptions = {}): Promise<LmdbStore> {
    let path = folder;
    try {
      await checkFormat(folder);
      await makeFolder(folder);
      // A link on the way may be turned, and the working directory may change, while the store is open.
      path = await realpath(folder);
      // SQLite, which takes the lock, does not tell the system's reason.
      await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
      return await openLocked(path, options.checkRow, (lock, { data, upgrade }) => {
        const { initialMapBytes = DEFAULT_MAP_BYTES } = options;
        const database = new LmdbDatabase(path, { initialMapBytes, isOf01: upgrade?.from === 1 });
        try {
          createCloseNote(path);
          // LMDB flushes its file, and not the entry of a new one.
          if (!data.exist) flushFolderSync(path);
          const store = new LmdbStore(path, lock, database, openRowSum(upgrade, path, data), upgrade);
          store.#isDoubtful = data.areRowsUnchecked;
          return store;
        } catch (error) {
          void database.close();
          throw error;
        }
      });
    } catch (error) {
      throw storeError("open", path, error);
    }
  }

  private constructor(
    path: string,
    lock: StoreLock,
    database: LmdbDatabase,
    rowSum: RowSum,
    upgrade: FolderUpgrade | undefined,
  ) {
    this.path = path;
    this.upgrade = upgrade;
    this.#lock = lock;
    this.#database = database;
    this.#rowSum = rowSum;
    this.#file = new DataFile(path);
    this.#queue = new WriteQueue((pending) => this.#commit(pending), { ...LIMITS, isLackOfRoom });
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#requireOpen();
    checkKey(key, "get entry");
    const pending = this.#queue.find(key);
    if (!pending) return this.#read(key);
    return pending.value && new Uint8Array(pending.value);
  }

  range(start: Uint8Array, end: Uint8Array): Iterable<StateEntry> {
    this.#requireOpen();
    return mergeRange(start, end, {
      read: (from, to, limits) => {
        this.#requireOpen();
        return this.#reading(() => this.#database.read(from, to, limits));
      },
      findPending: (from, to) => this.#queue.findRange(byteString(from), byteString(to)),
    });
  }

  count(start: Uint8Array, end: Uint8Array): number {
    this.#requireOpen();
    let count = this.#reading(() => this.#database.count(clipBound(start), clipBound(end)));
    for (const { key, value } of this.#queue.findRange(byteString(start), byteString(end))) {
      const wasThere = this.#read(key) !== undefined;
      count += Number(value !== undefined) - Number(wasThere);
    }
    return count;
  }

  write(changes: readonly StateChange[]): Promise<void> {
    try {
      this.#requireOpen();
      checkChanges(changes);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#queue.push(changes);
  }

  requireInPlace(): void {
    this.#requireOpen();
    try {
      this.#requireInPlace();
    } catch (cause) {
      throw this.#error("use", cause);
    }
  }

  get lastFailure(): StoreFailure | undefined {
    return this.#queue.lastFailure;
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
    const isInPlace = this.#file.isInPlace();
    this.#file.close();
    // Damage in another store of this process costs a needless check.
    const isDoubtful = this.#isDoubtful || numDamagedRows() > this.#numDamagedBefore;
    // The folder may hold another store by now.
    if (isInPlace && !isDoubtful) writeCloseNote(this.path);
  }

  async #commit({ newest, writes }: PendingWrites): Promise<void> {
    try {
      this.#requireInPlace();
      const sum = this.#rowSum.changeFor(newest, this.#database.freshReader());
      const all = sum === undefined ? writes : [...writes, [sum]];
      await this.#file.reserve(all);
      await this.#database.commit(all, () => this.#isInPlace());
      this.#file.noteSize();
      this.#rowSum.noteCommitted(newest);
    } catch (cause) {
      this.#rowSum.noteFailed();
      throw this.#error("write to", cause);
    }
  }

  /** As {@link #reading}, without a function for each of the many lookups. */
  #read(key: Uint8Array): Uint8Array | undefined {
    try {
      if (this.#isLost) this.#requireFound();
      return this.#database.get(key);
    } catch (cause) {
      throw this.#error("read", cause);
    }
  }

  #reading<T>(read: () => T): T {
    try {
      if (this.#isLost) this.#requireFound();
      return read();
    } catch (cause) {
      throw this.#error("read", cause);
    }
  }

  /** Keeps reads away from data that were cut short: the system would end the process. They may be back in their place by now. */
  #requireFound(): void {
    this.#requireInPlace();
    this.#isLost = false;
  }

  #isInPlace(): boolean {
    const isInPlace = this.#file.isInPlace();
    this.#isLost ||= !isInPlace;
    return isInPlace;
  }

  #requireInPlace(): void {
    this.#file.requireInPlace();
    this.#lock.requireInPlace();
  }

  #error(act: string, cause: unknown): TidemarkError {
    const error = storeError(act, this.path, cause);
    this.#isDoubtful ||= error.code === "STORE_CORRUPT";
    this.#isLost ||= error.code === "STORE_LOST";
    return error;
  }

  #requireOpen(): void {
    if (!this.#closing) return;
    throw new TidemarkError("STORE_CLOSED", `Cannot use store at ${this.path}: it is closed`, {
      facts: { path: this.path },
    });
  }
}

/** A folder that lmdb can open. */
interface PreparedFolder {
  readonly data: CheckedData;
  readonly upgrade: FolderUpgrade | undefined;
}

async function openLocked(
  path: string,
  checkRow: RowCheck | undefined,
  open: (lock: StoreLock, prepared: PreparedFolder) => LmdbStore,
): Promise<LmdbStore> {
  const lock = StoreLock.acquire(path);
  try {
    return open(lock, await prepareFolder(path, checkRow));
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

async function prepareFolder(path: string, checkRow: RowCheck | undefined): Promise<PreparedFolder> {
  // Asked again: another process may have made the store, and closed it, before we had the lock.
  const format = await checkFormat(path);
  if (format === "absent") await writeFormat(path);
  const data = await checkData(path, checkRow);
  voidCloseNote(path);
  await reserveLmdbFiles(path);
  if (format === "absent" || format === STORE_FORMAT) return { data, upgrade: undefined };
  if (data.exist) return { data, upgrade: await upgradeFolder(path, format) };
  await writeFormat(path);
  return { data, upgrade: undefined };
}

/** Opens the sum of the rows after lmdb has opened them: it may have gone back to an earlier transaction of 0.1. */
function openRowSum(upgrade: FolderUpgrade | undefined, path: string, { exist, rowSum, txnId }: CheckedData): RowSum {
  const isAsChecked = upgrade === undefined || readFileState(join(path, DATA_FILE))?.txnId === txnId;
  return new RowSum(isAsChecked ? rowSum : undefined, exist ? undefined : new UsedKeys());
}
