import { TidemarkError } from "../errors.ts";
import { byteString, bytesOfString } from "./byte-string.ts";
import { checkChanges, checkKey } from "./check-change.ts";
import type { StateChange, StateEntry, StateStore } from "./store.ts";

/** A {@link StateStore} that ends with the process: for tests, and for runs that remember nothing. */
export class MemoryStore implements StateStore {
  readonly #values = new Map<string, Uint8Array>();
  /** The keys of `#values`, ascending. */
  readonly #keys: string[] = [];
  #isClosed = false;

  get(key: Uint8Array): Uint8Array | undefined {
    this.#requireOpen();
    checkKey(key, "get entry");
    const value = this.#values.get(byteString(key));
    return value && new Uint8Array(value);
  }

  range(start: Uint8Array, end: Uint8Array): Iterable<StateEntry> {
    this.#requireOpen();
    const from = byteString(start);
    const to = byteString(end);
    return { [Symbol.iterator]: () => this.#iterate(from, to) };
  }

  count(start: Uint8Array, end: Uint8Array): number {
    this.#requireOpen();
    return Math.max(0, this.#placeOf(byteString(end)) - this.#placeOf(byteString(start)));
  }

  async write(changes: readonly StateChange[]): Promise<void> {
    this.#requireOpen();
    checkChanges(changes);
    for (const { key, value } of changes) {
      if (value === undefined) this.#remove(byteString(key));
      else this.#put(byteString(key), new Uint8Array(value));
    }
  }

  requireInPlace(): void {
    this.#requireOpen();
  }

  /** It never fails. */
  get lastFailure(): undefined {
    return undefined;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  *#iterate(start: string, end: string): IterableIterator<StateEntry> {
    let next = start;
    for (;;) {
      this.#requireOpen();
      // Sought anew each time, since entries may have come and gone meanwhile.
      const key = this.#keys[this.#placeOf(next)];
      if (key === undefined || key >= end) return;
      yield { key: bytesOfString(key), value: new Uint8Array(this.#values.get(key)!) };
      next = `${key}\0`;
    }
  }

  #put(key: string, value: Uint8Array): void {
    if (!this.#values.has(key)) this.#keys.splice(this.#placeOf(key), 0, key);
    this.#values.set(key, value);
  }

  #remove(key: string): void {
    if (this.#values.delete(key)) this.#keys.splice(this.#placeOf(key), 1);
  }

  /** The place of the first key that is not below `key`. */
  #placeOf(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new TidemarkError("STORE_CLOSED", "Cannot use the memory store: it is closed");
  }
}
