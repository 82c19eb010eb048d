import { setImmediate } from "node:timers/promises";
import { open, type RootDatabase } from "lmdb";
import type { PieceLimits, RangePiece } from "./merge-range.ts";
import { requireDescriptors } from "./require-descriptors.ts";
import type { StateChange, StateEntry } from "./store.ts";

/** About 1 or 2 ms of the event loop. */
const MAX_CHANGES_PER_TURN = 1000;

/** One LMDB file of binary keys and values, without any notion of what is pending or closed. */
export class LmdbDatabase {
  readonly #root: RootDatabase<Uint8Array, Uint8Array>;

  constructor(folder: string, initialMapBytes: number) {
    requireDescriptors(folder);
    this.#root = open<Uint8Array, Uint8Array>({
      path: folder,
      // The default takes a folder with a dot in its name for a file.
      noSubdir: false,
      keyEncoding: "binary",
      encoding: "binary",
      mapSize: initialMapBytes,
      // Pages are written whole: what else is in the memory of a page does not matter to us.
      noMemInit: true,
    });
  }

  get(key: Uint8Array): Uint8Array | undefined {
    // Its bytes are only good until the next read; `getBinary` copies them too, but much more slowly when they are few.
    const bytes = this.#root.getBinaryFast(key);
    if (bytes === undefined) return undefined;
    const copy = Buffer.allocUnsafe(bytes.length);
    Buffer.prototype.copy.call(bytes, copy, 0, 0, bytes.length);
    return copy;
  }

  read(start: Uint8Array, end: Uint8Array, { maxEntries, maxBytes }: PieceLimits): RangePiece {
    const entries: StateEntry[] = [];
    let numBytes = 0;
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
   * Makes writes in order, and resolves when they are on disk and reads see them; when it rejects, any may be made.
   *
   * lmdb guarantees that what is handed over in one turn of the event loop is in one transaction, and its thread takes
   * in what further turns bring while that is open. It is the fastest of its ways to write: 20,000 entries in about
   * 50 ms, where `transactionSync` takes 300 ms of the event loop, `fsync` included.
   */
  async commit(writes: readonly (readonly StateChange[])[]): Promise<void> {
    const commits = new Set<Promise<unknown>>();
    let numChanges = 0;
    for (const changes of writes) {
      if (numChanges > 0 && numChanges + changes.length > MAX_CHANGES_PER_TURN) {
        numChanges = 0;
        await setImmediate();
      }
      this.#handOver(changes, commits);
      numChanges += changes.length;
    }
    await settled(commits);
  }

  #handOver(changes: readonly StateChange[], commits: Set<Promise<unknown>>): void {
    for (const { key, value } of changes) {
      const commit = value === undefined ? this.#root.remove(key) : this.#root.put(key, value);
      if (commits.has(commit)) continue;
      commits.add(commit);
      // Judged by `settled`, which may be turns away.
      commit.catch(() => undefined);
    }
  }

  close(): Promise<void> {
    return this.#root.close();
  }
}

async function settled(commits: ReadonlySet<Promise<unknown>>): Promise<void> {
  // Only when all have ended is it certain that none is made later.
  for (const outcome of await Promise.allSettled(commits)) {
    if (outcome.status === "rejected") await throwCommitError(outcome.reason);
  }
}

/** lmdb rejects with a general error, whose `commitError` is a promise that rejects with the reason. */
async function throwCommitError(error: unknown): Promise<never> {
  if (error instanceof Error && "commitError" in error) await error.commitError;
  throw error;
}
