import { untilAborted } from "../time/until-aborted.ts";

/** Lets one holder at a time through, in the order of asking. */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Waits for a turn; the function given back ends it. Rejects with the reason when `signal` is aborted first. */
  async take(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    const previous = this.#last;
    const own = Promise.withResolvers<void>();
    this.#last = own.promise;
    try {
      await untilAborted(previous, signal);
    } catch (error) {
      // Whoever comes next still has to wait for the one before.
      void previous.then(own.resolve);
      throw error;
    }
    return own.resolve;
  }
}
