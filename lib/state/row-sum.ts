import { addToSum, numberOfEntry } from "./pages/entry-sum.ts";
import { MAX_KEY_BYTES, type StateChange } from "./store.ts";
import type { UsedKeys } from "./used-keys.ts";

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
  readonly #usedKeys: UsedKeys | undefined;

  /**
   * `initial` is the sum of a store that has none yet; without it, the store stays without a sum. `usedKeys` has all keys of the store; without
   * it, each key may be in the store.
   */
  constructor(initial: number | undefined, usedKeys?: UsedKeys) {
    this.#initial = initial;
    this.#usedKeys = usedKeys;
  }

  /** Returns the change of the sum that is to be committed in the same transaction as `changes`, one for each key. */
  changeFor(changes: Iterable<StateChange>, read: ReadCommitted): StateChange | undefined {
    const stored = read(SUM_KEY);
    let sum = stored === undefined ? this.#initial : decodeSum(stored);
    if (sum === undefined) return undefined;
    for (const { key, value } of changes) {
      if (this.#usedKeys?.add(key) !== false) sum = addToSum(sum, -numberOf(read(key)));
      sum = addToSum(sum, numberOf(value));
    }
    return { key: SUM_KEY, value: encodeSum(sum) };
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
