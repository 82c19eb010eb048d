import { addToSum, numberOfEntry } from "./pages/entry-sum.ts";
import { MAX_KEY_BYTES, type StateChange } from "./store.ts";
import type { UsedKeys } from "./used-keys.ts";
import type { PendingChange } from "./write-queue.ts";

/** The key of the sum: behind all keys of rows, which are shorter, so that no range has it. */
export const SUM_KEY: Uint8Array = new Uint8Array(MAX_KEY_BYTES + 1).fill(0xff);

/** The last change of each key of a commit, by the id of the key. */
export type Changes = ReadonlyMap<string, PendingChange>;

/** Reads the committed value of a key; its bytes are only good until the next call. */
export type ReadCommitted = (key: Uint8Array) => Uint8Array | undefined;

/** The commits whose values are kept: most rows are written twice in a run, shortly after each other. */
const MAX_COMMITS = 3;

/** The most bytes of values of a commit that is kept. */
const MAX_KEPT_BYTES = 1024 * 1024;

/**
 * The sum of all rows of a store, which each transaction changes with its rows. A page that has the content of an earlier transaction, because a
 * write was lost, is valid, and so are its rows: only the sum tells.
 */
export class RowSum {
  readonly #initial: number | undefined;
  readonly #usedKeys: UsedKeys | undefined;
  /** The changes of the last commits by the ids of their keys, newest first. */
  #commits: readonly Changes[] = [];
  /** The committed sum, where it is known. */
  #committed: number | undefined;
  #pending: number | undefined;

  /**
   * `initial` is the sum of a store that has none yet; without it, the store stays without a sum. `usedKeys` has all keys of the store; without
   * it, each key may be in the store.
   */
  constructor(initial: number | undefined, usedKeys?: UsedKeys) {
    this.#initial = initial;
    this.#usedKeys = usedKeys;
  }

  /** Returns the change of the sum that is to be committed in the same transaction as `changes`. */
  changeFor(changes: Changes, read: ReadCommitted): StateChange | undefined {
    let sum = this.#committed ?? this.#readSum(read);
    if (sum === undefined) return undefined;
    for (const { id, key, value } of changes.values()) {
      if (this.#usedKeys?.add(key) !== false) sum = addToSum(sum, -numberOf(this.#before(id, key, read)));
      sum = addToSum(sum, numberOf(value));
    }
    this.#pending = sum;
    return { key: SUM_KEY, value: encodeSum(sum) };
  }

  /** Notes that changes were committed. */
  noteCommitted(changes: Changes): void {
    this.#committed = this.#pending;
    let numBytes = 0;
    for (const { value } of changes.values()) numBytes += value?.length ?? 0;
    const kept = this.#commits.slice(0, MAX_COMMITS - 1);
    this.#commits = numBytes <= MAX_KEPT_BYTES ? [changes, ...kept] : [];
  }

  /** Notes that a commit has failed: its changes may have been committed nevertheless. */
  noteFailed(): void {
    this.#commits = [];
    this.#committed = undefined;
  }

  #readSum(read: ReadCommitted): number | undefined {
    const stored = read(SUM_KEY);
    return stored === undefined ? this.#initial : decodeSum(stored);
  }

  #before(id: string, key: Uint8Array, read: ReadCommitted): Uint8Array | undefined {
    for (const changes of this.#commits) {
      const change = changes.get(id);
      if (change !== undefined) return change.value;
    }
    return read(key);
  }
}

function numberOf(value: Uint8Array | undefined): number {
  return value === undefined ? 0 : numberOfEntry(value, 0, value.length);
}

/** Reads a sum that was stored. */
export function decodeSum(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0);
}

function encodeSum(sum: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, sum);
  return bytes;
}
