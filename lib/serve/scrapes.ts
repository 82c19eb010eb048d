/** The scrapes of one server, for those who wait until their numbers have been fetched. */
export class Scrapes {
  #numBegun = 0;
  readonly #waiting = new Set<{ readonly after: number; readonly resolve: () => void }>();

  /** A scrape has begun; the function given back is told when it has been answered in full. */
  begin(): () => void {
    const number = ++this.#numBegun;
    return () => {
      for (const waiter of this.#waiting) {
        if (number <= waiter.after) continue;
        this.#waiting.delete(waiter);
        waiter.resolve();
      }
    };
  }

  /** Resolves when a scrape that begins from now on has been answered. Rejects with the reason when `signal` is aborted first. */
  next(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      const waiter = {
        after: this.#numBegun,
        resolve: () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      const abort = (): void => {
        this.#waiting.delete(waiter);
        reject(signal!.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#waiting.add(waiter);
    });
  }
}
