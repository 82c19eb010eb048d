import { mixBytes } from "./pages/mix-bytes.ts";

/** 256 kB, in which a tenth of 200,000 new keys look used. */
const NUM_BITS = 1 << 21;

/** The keys that were ever written to a store since it was created, as a Bloom filter with one hash function. */
export class UsedKeys {
  readonly #bits = new Uint32Array(NUM_BITS / 32);

  /** Adds a key. Returns whether it may have been added before; `false` is sure. */
  add(key: Uint8Array): boolean {
    const bit = mixBytes(1, key, 0, key.length, key.length) & (NUM_BITS - 1);
    const mask = 1 << (bit & 31);
    const word = this.#bits[bit >>> 5]!;
    this.#bits[bit >>> 5] = word | mask;
    return (word & mask) !== 0;
  }
}
