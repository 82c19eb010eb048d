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
  readonly #waiting: Write[] = [];
  /** The newest pending change of each key. */
  readonly #newest = new Map<string, PendingChange>();
  #draining: Promise<void> | undefined;

  constructor(commit: Commit, limits: WriteQueueLimits) {
    this.#commit = commit;
    this.#limits = limits;
  }

  /** The newest pending change of a key. */
  find(key: Uint8Array): PendingChange | undefined {
    return this.#newest.size === 0 ? undefined : this.#newest.get(byteString(key));
  }

  /** The newest pending changes of the keys with `start <= id < end`, ascending. */
  findRange(start: string, end: string): PendingChange[] {
    const found: PendingChange[] = [];
    for (const change of this.#newest.values()) if (change.id >= start && change.id < end) found.push(change);
    return found.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** Queues a write; resolves when it is durable, rejects when it cannot be. */
  push(changes: readonly StateChange[]): Promise<void> {
    const pending = changes.map(({ key, value }) => ({ key, value, id: byteString(key) }));
    for (const change of pending) this.#newest.set(change.id, change);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ changes: pending, resolve, reject });
    this.#draining ??= this.#drain();
    return promise;
  }

  /** Resolves when nothing is pending any more. */
  async idle(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  async #drain(): Promise<void> {
    // Writes of one turn of the event loop are to share a transaction.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#settle(this.#take());
    this.#draining = undefined;
  }

  #take(): Write[] {
    let numChanges = 0;
    let numBytes = 0;
    let count = 0;
    for (const { changes } of this.#waiting) {
      numChanges += changes.length;
      for (const { value } of changes) numBytes += value?.length ?? 0;
      if (count > 0 && (numChanges > this.#limits.maxChanges || numBytes > this.#limits.maxBytes)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #settle(writes: readonly Write[]): Promise<void> {
    try {
      await this.#commit(writes.map(({ changes }) => changes));
      for (const write of writes) this.#finish(write);
      for (const { resolve } of writes) resolve();
    } catch (error) {
      await this.#settleFailure(writes, error);
    }
  }

  async #settleFailure(writes: readonly Write[], error: unknown): Promise<void> {
    const [first] = writes;
    if (first && writes.length === 1) {
      this.#finish(first);
      first.reject(error);
      return;
    }
    // All of them, and in order: one that was made already is only made again, but none may be undone by an older one.
    const middle = writes.length >>> 1;
    await this.#settle(writes.slice(0, middle));
    await this.#settle(writes.slice(middle));
  }

  #finish({ changes }: Write): void {
    for (const change of changes) if (this.#newest.get(change.id) === change) this.#newest.delete(change.id);
  }
}

interface Write {
  readonly changes: readonly PendingChange[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
