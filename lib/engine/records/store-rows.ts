import { decodeValue } from "../../state/codec.ts";
import type { StateChange, StateStore } from "../../state/store.ts";
import { putValue } from "./row-change.ts";
import { decodeRow } from "./row-envelope.ts";
import { createStoreKey } from "./row-keys.ts";

/**
 * The rows of a store as a whole, each a plain value under a name. A `put` returns the change to {@link write}, so that it can be
 * written together with others.
 */
export class StoreRows {
  readonly #store: StateStore;

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** Reads the value under a name; `undefined` when there is none. */
  get(name: string): unknown {
    const key = createStoreKey(name);
    const value = this.#store.get(key);
    return value === undefined ? undefined : decodeRow(key, value, decodeValue);
  }

  /** Returns the change that stores plain data under a name. */
  put(name: string, value: unknown): StateChange {
    return putValue(createStoreKey(name), value);
  }

  /** Writes changes in one transaction; see {@link StateStore.write}. */
  write(changes: readonly StateChange[]): Promise<void> {
    return this.#store.write(changes);
  }
}
