import { untilAborted } from "./until-aborted.ts";

/** Lets one waiter sleep until it is woken; waking a waiter that is busy is remembered until its next wait. */
export class Wakeup {
  #isDue = false;
  #waiting: PromiseWithResolvers<void> | undefined;

  /** Wakes the waiter, now or at its next wait. */
  wake(): void {
    this.#isDue = true;
    this.#waiting?.resolve();
  }

  /** Resolves when woken since the last wait; rejects with the reason of `signal` when that is aborted. Not for two at once. */
  async wait(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (!this.#isDue) {
      this.#waiting = Promise.withResolvers();
      await untilAborted(this.#waiting.promise, signal);
    }
    this.#isDue = false;
  }
}
