import type { StateChange } from "../../../lib/state/store.ts";

/** Gives random integers from 0 to below a limit, the same ones for a seed. */
export type Random = (limit: number) => number;

/** Returns the random numbers of a seed. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) % limit;
  };
}

/** The writes of a random store: some have short keys and some long ones, values of a few bytes or of some pages, and many removals or few. */
export class RandomWrites {
  readonly #random: Random;
  readonly #numKeys: number;
  readonly #maxKeyBytes: number;
  readonly #maxValueBytes: number;

  constructor(random: Random) {
    this.#random = random;
    this.#numKeys = [50, 500, 5000][random(3)]!;
    this.#maxKeyBytes = [10, 100, 1890][random(3)]!;
    this.#maxValueBytes = [40, 400, 2200, 20_000][random(4)]!;
  }

  /** The changes of the next write. */
  next(): StateChange[] {
    const removals = this.#random(10);
    const size = 1 + this.#random([3, 50, 400][this.#random(3)]!);
    return Array.from({ length: this.#maxValueBytes > 2200 ? Math.min(size, 30) : size }, () => ({
      key: this.#key(this.#random(this.#numKeys)),
      value: this.#random(10) < removals ? undefined : this.#value(),
    }));
  }

  #key(number: number): Buffer {
    return Buffer.from(`key ${number}`.padEnd(number % this.#maxKeyBytes, "-"));
  }

  #value(): Buffer {
    const isHuge = this.#maxValueBytes > 2200 && this.#random(40) === 0;
    return Buffer.alloc(this.#random(isHuge ? 2_000_000 : this.#maxValueBytes), this.#random(256));
  }
}
