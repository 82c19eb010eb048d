import type { Clock } from "./clock.ts";

/** The time that code of the user has to end after an abort, in milliseconds. */
export const ABORT_GRACE_MS = 500;

interface Wait {
  abandon(reason: unknown): void;
}

/**
 * Waits for calls of user code that cannot be cut off at once: without a limit until the abort, then for {@link ABORT_GRACE_MS}, which all
 * calls share. Their late results change nothing, and their late rejections are swallowed.
 */
export class AbortGrace implements Disposable {
  readonly #clock: Clock;
  readonly #aborting = new AbortController();
  readonly #waits = new Set<Wait>();
  #isOver = false;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Aborted at the beginning of the grace. */
  get signal(): AbortSignal {
    return this.#aborting.signal;
  }

  /** Begins the grace. A second call does nothing. */
  abort(reason: unknown): void {
    if (this.signal.aborted) return;
    this.#cancel = this.#clock.schedule(ABORT_GRACE_MS, () => this.#end());
    this.#aborting.abort(reason);
  }

  /**
   * Calls `call` and waits for its result. At the end of the grace, it rejects with the abort reason instead; `onAbandoned` then gets a
   * promise that resolves when the call has ended after all. After the grace, nothing is called.
   */
  wait<T>(call: () => T | PromiseLike<T>, onAbandoned?: (ended: Promise<void>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) return reject(this.signal.reason);
      const result = attempt(call);
      const wait: Wait = {
        abandon(reason) {
          onAbandoned?.(result.then(ignore, ignore));
          reject(reason);
        },
      };
      this.#waits.add(wait);
      void this.#settle(result, wait, { resolve, reject });
    });
  }

  /** Cancels the timer of the grace. */
  [Symbol.dispose](): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #settle<T>(
    result: Promise<T>,
    wait: Wait,
    { reject, resolve }: Pick<PromiseWithResolvers<T>, "reject" | "resolve">,
  ): Promise<void> {
    try {
      resolve(await result);
    } catch (error) {
      reject(error);
    } finally {
      this.#waits.delete(wait);
    }
  }

  #end(): void {
    this.#isOver = true;
    this.#cancel = undefined;
    for (const wait of this.#waits) wait.abandon(this.signal.reason);
    this.#waits.clear();
  }
}

async function attempt<T>(call: () => T | PromiseLike<T>): Promise<T> {
  return call();
}

function ignore(): void {
  // The call has ended after the grace, and its result is unused.
}
