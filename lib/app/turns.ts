import { untilAborted } from "../time/until-aborted.ts";

/** Lets one holder at a time through, in the order of asking. */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Waits for a turn, which lasts until it is disposed of. Rejects with the reason when `signal` is aborted first. */
  async take(signal?: AbortSignal): Promise<Disposable> {
    signal?.throwIfAborted();
    const previous = this.#last;
    const own = Promise.withResolvers<void>();
    this.#last = own.promise;
    try {
      await untilAborted(previous, signal);
    } catch (error) {
      // The next in line still has to wait for the one before.
      void previous.then(own.resolve);
      throw error;
    }
    return { [Symbol.dispose]: own.resolve };
  }
}
