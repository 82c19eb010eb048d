import type { StateChange, StateEntry } from "../../lib/state/store.ts";

/** What a store is to do, in the plainest way: a list of entries. */
export class StoreModel {
  #entries: StateEntry[] = [];

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#entries.find((entry) => Buffer.compare(entry.key, key) === 0)?.value;
  }

  range(start: Uint8Array, end: Uint8Array): StateEntry[] {
    return this.#entries
      .filter(({ key }) => Buffer.compare(start, key) <= 0 && Buffer.compare(key, end) < 0)
      .toSorted((one, other) => Buffer.compare(one.key, other.key));
  }

  write(changes: readonly StateChange[]): void {
    for (const { key, value } of changes) {
      this.#entries = this.#entries.filter((entry) => Buffer.compare(entry.key, key) !== 0);
      if (value !== undefined) this.#entries.push({ key, value });
    }
  }
}
