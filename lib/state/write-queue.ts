import { byteString } from "./byte-string.ts";
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

/** Makes writes durable, in order, each with all its changes or none; when it rejects, any of them may have been made. */
export type Commit = (writes: readonly (readonly StateChange[])[]) => Promise<void>;

/**
 * Writes on their way: it gathers those that arrive during a commit for the next one, and shows what they change.
 *
 * A commit that fails is tried again in halves, so that in the end only the writes fail that cannot be made.
 */
export class WriteQueue {
  readonly #commit: Commit;
  readonly #limits: WriteQueueLimits;
  /** Oldest first: once it is draining, the first is being committed. */
  readonly #batches: Batch[] = [];
  #draining: Promise<void> | undefined;

  constructor(commit: Commit, limits: WriteQueueLimits) {
    this.#commit = commit;
    this.#limits = limits;
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
    if (last?.hasRoomFor(changes, this.#limits) === true) return last;
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
    try {
      await this.#commit(writes.map(({ changes }) => changes));
      for (const { resolve } of writes) batch.outcomes.push(resolve);
    } catch (error) {
      await this.#isolateFailure(batch, writes, error);
    }
  }

  async #isolateFailure(batch: Batch, writes: readonly Write[], error: unknown): Promise<void> {
    const [first] = writes;
    if (first && writes.length === 1) {
      batch.outcomes.push(() => first.reject(error));
      return;
    }
    // All of them, and in order: one that was made already is only made again, but none may be undone by an older one.
    const middle = writes.length >>> 1;
    await this.#commitWrites(batch, writes.slice(0, middle));
    await this.#commitWrites(batch, writes.slice(middle));
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
  /** What tells those who wait for the writes, once nothing of the batch is pending any more. */
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
}

function sizeOf(changes: readonly StateChange[]): number {
  let numBytes = 0;
  for (const { value } of changes) numBytes += value?.length ?? 0;
  return numBytes;
}
