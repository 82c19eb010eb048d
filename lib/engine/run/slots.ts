/**
 * A bounded number of slots. Those who wait are served deepest first, so that what has begun is finished before more is begun
 * and a tree of any shape holds a bounded number of components in memory.
 */
export class Slots {
  readonly #count: number;
  #free: number;
  readonly #waiting: { resolve(): void; reject(reason: unknown): void }[][] = [];
  #numWaiting = 0;
  #aborted: { readonly reason: unknown } | undefined;

  constructor(count: number) {
    this.#count = count;
    this.#free = count;
  }

  /** How many are taken. */
  get numUsed(): number {
    return this.#count - this.#free;
  }

  /** Whether one can be taken at once. */
  get hasFree(): boolean {
    return this.#free > 0 && this.#aborted === undefined;
  }

  /** Takes a slot if one is free. */
  tryAcquire(): boolean {
    if (!this.hasFree) return false;
    this.#free--;
    return true;
  }

  /** Waits for a slot. Rejects with the reason when the slots are aborted. */
  acquire(depth: number): Promise<void> {
    if (this.#aborted !== undefined) return Promise.reject(this.#aborted.reason);
    if (this.tryAcquire()) return Promise.resolve();
    this.#numWaiting++;
    return new Promise((resolve, reject) => {
      while (this.#waiting.length <= depth) this.#waiting.push([]);
      this.#waiting[depth]!.push({ resolve, reject });
    });
  }

  /** Gives a slot back. */
  release(): void {
    if (this.#numWaiting === 0) {
      this.#free++;
      return;
    }
    this.#numWaiting--;
    for (let depth = this.#waiting.length - 1; depth >= 0; depth--) {
      const next = this.#waiting[depth]!.shift();
      if (next !== undefined) return next.resolve();
    }
  }

  /** Turns away everybody who waits, and whoever comes later. */
  abort(reason: unknown): void {
    this.#aborted = { reason };
    const waiting = this.#waiting.flat();
    this.#waiting.length = 0;
    this.#numWaiting = 0;
    for (const waiter of waiting) waiter.reject(reason);
  }
}
