import { byteString } from "./byte-string.ts";
import type { StateChange, StoreFailure } from "./store.ts";

/** How much is committed at a time; a larger write is committed alone. */
export interface WriteQueueLimits {
  readonly maxChanges: number;
  readonly maxBytes: number;
}

/** Options of a {@link WriteQueue}. */
export interface WriteQueueOptions extends WriteQueueLimits {
  /** Whether a commit has failed for lack of room, which smaller writes may find. */
  readonly isLackOfRoom: (error: unknown) => boolean;
}

/** A change that is not known to be durable yet, under the {@link byteString} of its key. */
export interface PendingChange extends StateChange {
  readonly id: string;
}

/** Writes that are committed together. */
export interface PendingWrites {
  /** In order. */
  readonly writes: readonly (readonly PendingChange[])[];
  /** The last change of each key, by the id of the key. */
  readonly newest: ReadonlyMap<string, PendingChange>;
}

/** Makes writes durable: all of them, or none when it rejects. */
export type Commit = (pending: PendingWrites) => Promise<void>;

/** The size of the values, in bytes, from which a write may have no room where others have. */
const LARGE_BYTES = 64 * 1024;

/**
 * The pending writes of a store. Writes that arrive during a commit share the next one, and reads find their changes here.
 *
 * A later write may rest on an earlier one, so the store is to hold all writes up to some point. When a commit fails, all pending writes fail
 * with it. Only a large write that has no room fails by itself.
 */
export class WriteQueue {
  readonly #commit: Commit;
  readonly #options: WriteQueueOptions;
  /** Oldest first: once it is draining, the first is being committed. */
  readonly #batches: Batch[] = [];
  #draining: Promise<void> | undefined;
  #lastFailure: StoreFailure | undefined;

  constructor(commit: Commit, options: WriteQueueOptions) {
    this.#commit = commit;
    this.#options = options;
  }

  /** The last failure of a commit with which all pending writes have failed. */
  get lastFailure(): StoreFailure | undefined {
    return this.#lastFailure;
  }

  /** The newest pending change of a key. */
  find(key: Uint8Array): PendingChange | undefined {
    if (this.#batches.length === 0) return undefined;
    const id = byteString(key);
    for (let index = this.#batches.length - 1; index >= 0; index--) {
      const change = this.#batches[index]!.newest.get(id);
      if (change !== undefined) return change;
    }
    return undefined;
  }

  /** The newest pending changes of the keys with `start <= id < end`, ascending. */
  findRange(start: string, end: string): PendingChange[] {
    const found = new Map<string, PendingChange>();
    for (const { newest } of this.#batches) {
      for (const change of newest.values()) if (change.id >= start && change.id < end) found.set(change.id, change);
    }
    return [...found.values()].toSorted((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** Queues a write; resolves when it is durable, rejects when it cannot be. */
  push(changes: readonly StateChange[]): Promise<void> {
    const pending = changes.map(({ key, value }) => ({ key, value, id: byteString(key) }));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#batchFor(pending).add({ changes: pending, resolve, reject });
    this.#draining ??= this.#drain();
    return promise;
  }

  /** Resolves when nothing is pending any more. */
  async idle(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  #batchFor(changes: readonly StateChange[]): Batch {
    const last = this.#batches.at(-1);
    if (last?.hasRoomFor(changes, this.#options) === true) return last;
    const batch = new Batch();
    this.#batches.push(batch);
    return batch;
  }

  async #drain(): Promise<void> {
    // Writes of one turn of the event loop are to share a transaction.
    await Promise.resolve();
    for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
      batch.close();
      const failure = await this.#tryWrites(batch, batch.writes);
      const fatal = failure && (await this.#isolate(batch, failure));
      // Dropped as a whole: a `Map` from which entries are deleted one by one keeps them in tables that it has outgrown.
      const ended = fatal === undefined ? this.#batches.splice(0, 1) : this.#batches.splice(0);
      if (fatal !== undefined) this.#lastFailure = fatal;
      for (const rest of ended.slice(1)) rest.fail(rest.writes, fatal?.error);
      for (const { outcomes } of ended) for (const report of outcomes) report();
    }
    this.#draining = undefined;
  }

  /** Commits writes, and returns the failure. The writes do not learn of it yet. */
  async #tryWrites(batch: Batch, writes: readonly Write[]): Promise<StoreFailure | undefined> {
    try {
      const { newest } = writes === batch.writes ? batch : newBatch(writes);
      await this.#commit({ writes: writes.map(({ changes }) => changes), newest });
      for (const { resolve } of writes) batch.outcomes.push(resolve);
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  /**
   * Where there is a lack of room, commits each large write by itself, and the small ones between them, in order. After small writes that
   * have no room nothing has; after a large one no larger one has. Returns the failure with which all later writes fail.
   */
  async #isolate(batch: Batch, first: StoreFailure): Promise<StoreFailure | undefined> {
    const { isLackOfRoom } = this.#options;
    const parts = isLackOfRoom(first.error) ? partsOf(batch.writes) : [batch.writes];
    let failure = first;
    let fatal: StoreFailure | undefined;
    let limit = Infinity;
    for (const part of parts) {
      const numBytes = isLarge(part[0]!) ? sizeOf(part[0]!.changes) : 0;
      const isKnown = parts.length === 1 || fatal !== undefined || numBytes >= limit;
      const failed = isKnown ? failure : await this.#tryWrites(batch, part);
      if (failed === undefined) continue;
      failure = failed;
      batch.fail(part, failed.error);
      if (numBytes > 0 && isLackOfRoom(failed.error)) limit = Math.min(limit, numBytes);
      else fatal = failed;
    }
    return fatal;
  }
}

interface Write {
  readonly changes: readonly PendingChange[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Writes that are committed together, if they can be. */
class Batch {
  readonly writes: Write[] = [];
  /** The newest change of each key. */
  readonly newest = new Map<string, PendingChange>();
  /** Settles the promises of the writes, once nothing of the batch is pending any more. */
  readonly outcomes: (() => void)[] = [];
  #isOpen = true;
  #numChanges = 0;
  #numBytes = 0;

  /** Whether it takes one more write. */
  hasRoomFor(changes: readonly StateChange[], { maxBytes, maxChanges }: WriteQueueLimits): boolean {
    return (
      this.#isOpen && this.#numChanges + changes.length <= maxChanges && this.#numBytes + sizeOf(changes) <= maxBytes
    );
  }

  add(write: Write): void {
    this.writes.push(write);
    this.#numChanges += write.changes.length;
    this.#numBytes += sizeOf(write.changes);
    for (const change of write.changes) this.newest.set(change.id, change);
  }

  /** Takes no more writes. */
  close(): void {
    this.#isOpen = false;
  }

  /** Has these writes fail. */
  fail(writes: readonly Write[], error: unknown): void {
    for (const { reject } of writes) this.outcomes.push(() => reject(error));
  }
}

function newBatch(writes: readonly Write[]): Batch {
  const batch = new Batch();
  for (const write of writes) batch.add(write);
  return batch;
}

/** Splits writes into the large ones, each by itself, and those between them. */
function partsOf(writes: readonly Write[]): Write[][] {
  const parts: Write[][] = [];
  for (const write of writes) {
    const last = parts.at(-1);
    if (last === undefined || isLarge(write) || isLarge(last[0]!)) parts.push([write]);
    else last.push(write);
  }
  return parts;
}

function isLarge({ changes }: Write): boolean {
  return sizeOf(changes) >= LARGE_BYTES;
}

function sizeOf(changes: readonly StateChange[]): number {
  let numBytes = 0;
  for (const { value } of changes) numBytes += value?.length ?? 0;
  return numBytes;
}
