import { addToSum, numberOfEntry } from "./pages/entry-sum.ts";
import { MAX_KEY_BYTES, type StateChange } from "./store.ts";
import type { PendingChange } from "./write-queue.ts";

/** The key of the sum: behind all keys of rows, which are shorter, so that no range has it. */
export const SUM_KEY: Uint8Array = new Uint8Array(MAX_KEY_BYTES + 1).fill(0xff);

/** Reads the committed value of a key; its bytes are only good until the next call. */
export type ReadCommitted = (key: Uint8Array) => Uint8Array | undefined;

/**
 * The sum of all rows of a store, which each transaction changes with its rows. A page that has the content of an earlier transaction, because a
 * write was lost, is valid, and so are its rows: only the sum tells.
 */
export class RowSum {
  readonly #initial: number | undefined;

  /** `initial` is the sum of a store that has none yet; without it, the store stays without a sum. */
  constructor(initial: number | undefined) {
    this.#initial = initial;
  }

  /** Returns the change of the sum that is to be committed with `writes`, in the same transaction. */
  changeFor(writes: readonly (readonly PendingChange[])[], read: ReadCommitted): StateChange | undefined {
    const stored = read(SUM_KEY);
    let sum = stored === undefined ? this.#initial : decodeSum(stored);
    if (sum === undefined) return undefined;
    for (const { key, value } of newestChanges(writes)) {
      const before = read(key);
      if (before !== undefined) sum = addToSum(sum, -numberOfEntry(before, 0, before.length));
      if (value !== undefined) sum = addToSum(sum, numberOfEntry(value, 0, value.length));
    }
    return { key: SUM_KEY, value: encodeSum(sum) };
  }
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

/** The last change of each key. */
function newestChanges(writes: readonly (readonly PendingChange[])[]): Iterable<StateChange> {
  const newest = new Map<string, StateChange>();
  for (const changes of writes) for (const change of changes) newest.set(change.id, change);
  return newest.values();
}
