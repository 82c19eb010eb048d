import { byteString } from "./byte-string.ts";
import type { FailureScope } from "./store-error.ts";
import type { StateChange } from "./store.ts";

/** How much is committed at a time; a larger write is committed alone. */
export interface WriteQueueLimits {
  readonly maxChanges: number;
  readonly maxBytes: number;
}

/** A change that is not known to be durable yet, under the {@link byteString} of its key. */
export interface PendingChange extends StateChange {
  readonly id: string;
}

/** Makes writes durable, in order: all of them, or none when it rejects. */
export type Commit = (writes: readonly (readonly StateChange[])[]) => Promise<void>;

/** Options of a {@link WriteQueue}. */
export interface WriteQueueOptions extends WriteQueueLimits {
  /** Tells which writes of a commit its failure concerns. */
  readonly scopeOf: (error: unknown) => FailureScope;
}

/** The size of the values, in bytes, from which a write may have no room where others have. */
const LARGE_BYTES = 64 * 1024;

/** The number of failed commits after which the rest of the writes that are being isolated fail with them. */
const MAX_FAILED_COMMITS = 64;

/**
 * The pending writes of a store. Writes that arrive during a commit share the next one, and reads find their changes here.
 *
 * When a commit fails, its writes are committed in parts where that helps, so that only the writes fail that cannot be made. On a full disk
 * only large writes are told from the others.
 */
export class WriteQueue {
  readonly #commit: Commit;
  readonly #options: WriteQueueOptions;
  /** Oldest first: once it is draining, the first is being committed. */
  readonly #batches: Batch[] = [];
  #draining: Promise<void> | undefined;

  constructor(commit: Commit, options: WriteQueueOptions) {
    this.#commit = commit;
    this.#options = options;
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
      await this.#commitWrites(batch, batch.writes);
      // Dropped as a whole: a map from which one after the other is deleted keeps what was deleted in memory, in tables it has outgrown.
      this.#batches.shift();
      for (const report of batch.outcomes) report();
    }
    this.#draining = undefined;
  }

  async #commitWrites(batch: Batch, writes: readonly Write[]): Promise<void> {
    const failure = await this.#tryWrites(batch, writes);
    if (failure === undefined) return;
    const scope = this.#options.scopeOf(failure.error);
    if (scope === "large") await this.#isolateLarge(batch, writes, failure);
    else if (scope === "some") await this.#isolateSome(batch, writes, failure);
    else batch.fail(writes, failure.error);
  }

  /** Commits writes, and returns the failure, of which they are not told yet. */
  async #tryWrites(batch: Batch, writes: readonly Write[]): Promise<Failure | undefined> {
    try {
      await this.#commit(writes.map(({ changes }) => changes));
      for (const { resolve } of writes) batch.outcomes.push(resolve);
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  /**
   * Commits the small writes between the large ones, and each large one by itself, in order. After small writes that have no room, nothing
   * has; after a large one, no larger one has.
   */
  async #isolateLarge(batch: Batch, writes: readonly Write[], first: Failure): Promise<void> {
    let failure = first;
    let limit = Infinity;
    const parts = partsOf(writes);
    for (const part of parts) {
      const numBytes = sizeOfAll(part);
      const failed = parts.length === 1 || numBytes >= limit ? failure : await this.#tryWrites(batch, part);
      if (failed === undefined) continue;
      failure = failed;
      limit = isLarge(part[0]!) ? Math.min(limit, numBytes) : 0;
      batch.fail(part, failure.error);
    }
  }

  /** Commits the halves of writes, and the halves of a half that fails, in order, until each failing write is known. */
  async #isolateSome(
    batch: Batch,
    writes: readonly Write[],
    failure: Failure,
    tries = { numFailed: 1 },
  ): Promise<void> {
    const isOne = writes.length === 1 || this.#options.scopeOf(failure.error) !== "some";
    if (isOne || tries.numFailed > MAX_FAILED_COMMITS) {
      batch.fail(writes, failure.error);
      return;
    }
    const middle = writes.length >>> 1;
    for (const half of [writes.slice(0, middle), writes.slice(middle)]) {
      const failed = await this.#tryWrites(batch, half);
      if (failed === undefined) continue;
      tries.numFailed += 1;
      await this.#isolateSome(batch, half, failed, tries);
    }
  }
}

interface Failure {
  readonly error: unknown;
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

function sizeOfAll(writes: readonly Write[]): number {
  return writes.reduce((numBytes, { changes }) => numBytes + sizeOf(changes), 0);
}

function sizeOf(changes: readonly StateChange[]): number {
  let numBytes = 0;
  for (const { value } of changes) numBytes += value?.length ?? 0;
  return numBytes;
}
