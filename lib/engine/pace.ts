/** More components than this are not to wait at once for what they declared to be brought about and recorded. */
const MAX_SUBMITTING = 256;

/**
 * Keeps a listing from running ahead of what is being written: what waits for that gains nothing from company, and in memory it only becomes
 * older. Waiting for anything else is bounded by the slots.
 */
export class Pace {
  #numStarted = 0;
  #numSubmitting = 0;
  #waiting: PromiseWithResolvers<void> | undefined;

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
    if (this.#waiting === undefined || this.#numSubmitting > MAX_SUBMITTING / 2) return;
    this.#waiting.resolve();
    this.#waiting = undefined;
  }

  /** A promise to wait for before more is mounted; `undefined` where there is no need to. */
  wait(): Promise<void> | undefined {
    if (this.#numSubmitting > MAX_SUBMITTING) {
      this.#waiting ??= Promise.withResolvers();
      return this.#waiting.promise;
    }
    if (this.#numStarted < MAX_SUBMITTING) return undefined;
    // They come as far as submitting only when they have a turn.
    this.#numStarted = 0;
    return new Promise((resolve) => void setImmediate(resolve));
  }
}
