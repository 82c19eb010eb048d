import type { Clock } from "../../time/clock.ts";

/** The number of components that may submit at once before a listing waits; it grows, see {@link MAX_WAIT_MS}. */
const FIRST_LIMIT = 256;

/** The longest wait of a listing, in milliseconds. A slower target gains from larger batches, so the limit doubles then. */
const MAX_WAIT_MS = 100;

/**
 * Keeps a listing from running ahead of the writes: components that wait for quick writes gain nothing from larger batches, and
 * only grow old in memory (`npm run bench -- components`). All other waiting is bounded by the slots.
 */
export class Backpressure {
  readonly #clock: Clock;
  #limit = FIRST_LIMIT;
  #numStarted = 0;
  #numSubmitting = 0;
  #waiting: { readonly promise: Promise<void>; readonly end: () => void } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A component begins to execute. */
  start(): void {
    this.#numStarted++;
  }

  /** A component begins to submit. */
  enter(): void {
    this.#numSubmitting++;
  }

  /** A component has submitted, or failed to. */
  leave(): void {
    this.#numSubmitting--;
    if (this.#numSubmitting <= this.#limit / 2) this.#endWait();
  }

  /** Returns a promise to await before mounting more; `undefined` when there is no need to wait. */
  wait(): Promise<void> | undefined {
    if (this.#numSubmitting > this.#limit) return this.#beginWait();
    if (this.#numStarted < FIRST_LIMIT) return undefined;
    // Components reach their submit only when the event loop turns.
    this.#numStarted = 0;
    return new Promise((resolve) => void setImmediate(resolve));
  }

  #beginWait(): Promise<void> {
    if (this.#waiting !== undefined) return this.#waiting.promise;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.schedule(MAX_WAIT_MS, () => {
      this.#limit *= 2;
      this.#endWait();
    });
    const end = (): void => {
      cancel();
      resolve();
    };
    this.#waiting = { promise, end };
    return promise;
  }

  #endWait(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.end();
  }
}
