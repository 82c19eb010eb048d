import type { Clock } from "../../time/clock.ts";

/** More components than this are not to wait at once for what they declared to be brought about and recorded, to begin with. */
const FIRST_LIMIT = 256;

/** What takes longer, in ms, is a target that gains from larger batches: twice as many may wait for it from then on. */
const MAX_WAIT_MS = 100;

/**
 * Keeps a listing from running ahead of what is being written: what waits for quick writes gains nothing from company, and in memory it only
 * becomes older. Waiting for anything else is bounded by the slots.
 */
export class Pace {
  readonly #clock: Clock;
  #limit = FIRST_LIMIT;
  #numStarted = 0;
  #numSubmitting = 0;
  #waiting: { readonly promise: Promise<void>; readonly end: () => void } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A component is executed. */
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

  /** A promise to wait for before more is mounted; `undefined` where there is no need to. */
  wait(): Promise<void> | undefined {
    if (this.#numSubmitting > this.#limit) return this.#beginWait();
    if (this.#numStarted < FIRST_LIMIT) return undefined;
    // They come as far as submitting only when they have a turn.
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
