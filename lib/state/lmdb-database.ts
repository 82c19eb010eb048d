import * as lmdb from "lmdb";
import type { PieceLimits, RangePiece } from "./merge-range.ts";
import { requireDescriptors } from "./require-descriptors.ts";
import type { StateChange, StateEntry } from "./store.ts";

type Root = lmdb.RootDatabase<Uint8Array, Uint8Array>;

/** Options of a {@link LmdbDatabase}. */
export interface LmdbDatabaseOptions {
  /** How much address space to begin with, in bytes. */
  readonly initialMapBytes: number;
  /** Whether Tidemark 0.1 may have written the file last; a power cut may have left it with a meta page of unwritten pages. */
  readonly isOf01?: boolean;
}

/** A key of any database, present or not. */
const ANY_KEY = Uint8Array.of(0);

/**
 * One LMDB file of binary keys and values, without any notion of pending changes. Reads throw the errors of lmdb, and a
 * failed commit rejects with the reason.
 */
export class LmdbDatabase {
  readonly #folder: string;
  readonly #initialMapBytes: number;
  #root: Root;

  constructor(folder: string, { initialMapBytes, isOf01 = false }: LmdbDatabaseOptions) {
    requireDescriptors(folder);
    this.#folder = folder;
    this.#initialMapBytes = initialMapBytes;
    if (isOf01) restoreFlushed(folder);
    this.#root = this.#open();
  }

  get(key: Uint8Array): Uint8Array | undefined {
    // `getBinary` copies them too, but much more slowly when they are few.
    const bytes = this.peek(key);
    if (bytes === undefined) return undefined;
    const copy = Buffer.allocUnsafe(bytes.length);
    Buffer.prototype.copy.call(bytes, copy, 0, 0, bytes.length);
    return copy;
  }

  /** As {@link get}, but the bytes are only good until the next read. */
  peek(key: Uint8Array): Uint8Array | undefined {
    return this.#root.getBinaryFast(key);
  }

  /** Returns a {@link peek} that sees the last commit, in the same turn of the event loop as well. */
  freshReader(): (key: Uint8Array) => Uint8Array | undefined {
    let isFresh = false;
    return (key) => {
      // Not before it is needed: the next read takes a tenth of a millisecond longer.
      if (!isFresh) this.#root.resetReadTxn();
      isFresh = true;
      return this.peek(key);
    };
  }

  read(start: Uint8Array, end: Uint8Array, { maxEntries, maxBytes }: PieceLimits): RangePiece {
    const entries: StateEntry[] = [];
    let numBytes = 0;
    // A range ends silently where no read transaction can begin; this lookup throws.
    this.#root.getBinaryFast(ANY_KEY);
    for (const entry of this.#root.getRange({ start, end, limit: maxEntries })) {
      entries.push({ key: entry.key, value: entry.value });
      numBytes += entry.value.length;
      if (numBytes >= maxBytes) break;
    }
    return { entries, isLast: entries.length < maxEntries && numBytes < maxBytes };
  }

  /** The number of entries with `start <= key < end`. */
  count(start: Uint8Array, end: Uint8Array): number {
    return Buffer.compare(start, end) < 0 ? this.#root.getKeysCount({ start, end }) : 0;
  }

  /**
   * Makes writes in order and in one transaction; resolves when they are on disk and reads see them. When it rejects, none is made, unless
   * the disk failed in the very write that makes them valid. `isInPlace` tells after a failure whether the file is whole.
   *
   * Only `batch` keeps writes together without `eventTurnBatching`. The two options that are off reject promises of lmdb's own when a
   * commit fails, and keep `close` waiting for ever: test/state/full-disk.test.ts.
   */
  async commit(writes: readonly (readonly StateChange[])[], isInPlace: () => boolean = () => true): Promise<void> {
    const root = this.#root;
    try {
      await root.batch(() => {
        for (const changes of writes) handOver(root, changes);
      });
    } catch (error) {
      const reason = await reasonOf(error);
      // A file that was cut short must not be read: the system would end the process.
      if (isInPlace()) await this.#recover();
      throw reason;
    }
  }

  async close(): Promise<void> {
    await this.#root.close();
  }

  #open(): Root {
    return openRoot(this.#folder, {
      mapSize: this.#initialMapBytes,
      // Pages are written whole, so the rest of a page's memory does not matter.
      noMemInit: true,
      eventTurnBatching: false,
      overlappingSync: false,
      // Else lmdb begins to write in the middle of a batch, and blocks the event loop by `Atomics.wait` in one of 300,000 changes.
      batchStartThreshold: Number.MAX_SAFE_INTEGER,
    });
  }

  /**
   * Reopens the file after a commit whose last write failed. LMDB refuses the environment from then on, and the next write of lmdb would
   * never end.
   */
  async #recover(): Promise<void> {
    try {
      this.#root.resetReadTxn();
      this.#root.getBinaryFast(ANY_KEY);
    } catch {
      await this.#root.close();
      this.#root = this.#open();
    }
  }
}

function handOver(root: Root, changes: readonly StateChange[]): void {
  for (const { key, value } of changes) void (value === undefined ? root.remove(key) : root.put(key, value));
}

/** lmdb rejects with a general error, whose `commitError` is a promise that rejects with the reason. */
async function reasonOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && "commitError" in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (reason) {
    return reason;
  }
}

/** The options that lmdb reads, of which its types lack one. */
interface OpenOptions extends lmdb.RootDatabaseOptions {
  readonly batchStartThreshold?: number;
}

function openRoot(folder: string, options: OpenOptions): Root {
  const root = lmdb.open<Uint8Array, Uint8Array>({
    path: folder,
    // The default takes a folder with a dot in its name for a file.
    noSubdir: false,
    keyEncoding: "binary",
    encoding: "binary",
    ...options,
  });
  // lmdb keeps each database in a list by name, with its 64 kB of memory, also after it was closed.
  const { allDbs } = lmdb as unknown as { readonly allDbs: Map<string, unknown> };
  for (const [name, database] of allDbs) if (database === root) allDbs.delete(name);
  return root;
}

/** Has lmdb go back to the last flushed state if the machine went down since: only the option that 0.1 used does so. */
function restoreFlushed(folder: string): void {
  void openRoot(folder, { overlappingSync: true }).close();
}
