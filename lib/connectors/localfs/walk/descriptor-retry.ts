import { backoffMs, type BackoffBounds } from "../../../time/backoff.ts";
import type { Clock } from "../../../time/clock.ts";
import { pause } from "../../../time/pause.ts";
import { systemClock } from "../../../time/system-clock.ts";
import { systemCode } from "./file-system-error.ts";

/** No descriptor is free in the process or in the system; or the holder of a lease on the file has been asked to give it up. */
const SHORTAGE_CODES: ReadonlySet<string | undefined> = new Set(["EMFILE", "ENFILE", "EAGAIN"]);

const BOUNDS: BackoffBounds = { firstMs: 10, longestMs: 1000 };

/** So many retries take between 2 and 4 seconds. */
const MAX_RETRIES = 9;

/**
 * Retries operations that open a file while no file descriptor is free for it. One operation at a time is retried, with exponential
 * backoff; the others wait for it, so that none comes off badly. When its retries have failed, nothing is retried before an operation has
 * succeeded: thousands of files would wait one after the other.
 */
export class DescriptorRetry {
  readonly #clock: Clock;
  readonly #random: () => number;
  /** Resolves when the operation that is being retried has ended. */
  #retried: Promise<void> | undefined;
  #isExhausted = false;

  /** `random` gives a number from 0 to 1, for the jitter of the pauses. */
  constructor(clock: Clock = systemClock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Runs an operation. Rejects with its error when it fails for another reason, and after the last retry. */
  async run<T>(open: () => T | Promise<T>): Promise<T> {
    for (;;) {
      if (this.#retried !== undefined) await this.#retried;
      try {
        return this.#succeed(await open());
      } catch (error) {
        if (this.#isExhausted || !isShortage(error)) throw error;
      }
      if (this.#retried === undefined) return this.#retry(open);
    }
  }

  /**
   * As {@link DescriptorRetry.run}, in steps: where it has to wait, it yields a promise that resolves when it is to go on. `close` undoes
   * an operation when the steps have been given up.
   */
  *steps<T>(open: () => T, close: (opened: T) => void = () => {}): Generator<Promise<void>, T> {
    try {
      return this.#succeed(open());
    } catch (error) {
      if (this.#isExhausted || !isShortage(error)) throw error;
    }
    const opening = new PendingOpen(this.run(open), close);
    try {
      yield opening.settled;
      return opening.take();
    } finally {
      opening[Symbol.dispose]();
    }
  }

  async #retry<T>(open: () => T | Promise<T>): Promise<T> {
    const ended = Promise.withResolvers<void>();
    this.#retried = ended.promise;
    try {
      return await this.#retryWithBackoff(open);
    } finally {
      this.#retried = undefined;
      ended.resolve();
    }
  }

  async #retryWithBackoff<T>(open: () => T | Promise<T>): Promise<T> {
    for (let numFailures = 1; ; numFailures++) {
      await pause(backoffMs(numFailures, this.#random(), BOUNDS), { clock: this.#clock });
      try {
        return this.#succeed(await open());
      } catch (error) {
        if (!isShortage(error)) throw error;
        this.#isExhausted ||= numFailures === MAX_RETRIES;
        if (this.#isExhausted) throw error;
      }
    }
  }

  #succeed<T>(result: T): T {
    this.#isExhausted = false;
    return result;
  }
}

/** Something that is being opened for a caller who may give up. */
class PendingOpen<T> implements Disposable {
  /** Resolves when it is open, or has failed. */
  readonly settled: Promise<void>;
  readonly #close: (opened: T) => void;
  #outcome: { readonly opened: T } | { readonly error: unknown } | undefined;
  #isGivenUp = false;

  constructor(opening: Promise<T>, close: (opened: T) => void) {
    this.#close = close;
    this.settled = opening.then(
      (opened) => this.#settle(opened),
      (error: unknown) => void (this.#outcome = { error }),
    );
  }

  /** Returns the opened thing, or throws the error; to be called once it has settled. */
  take(): T {
    const outcome = this.#outcome;
    this.#outcome = undefined;
    if (outcome !== undefined && "opened" in outcome) return outcome.opened;
    if (outcome !== undefined) throw outcome.error as Error;
    throw new TypeError("Cannot go on with a step: wait for its promise before");
  }

  /** Closes the opened thing unless it was taken, now or as soon as it is open. */
  [Symbol.dispose](): void {
    this.#isGivenUp = true;
    if (this.#outcome !== undefined && "opened" in this.#outcome) this.#close(this.#outcome.opened);
    this.#outcome = undefined;
  }

  #settle(opened: T): void {
    if (this.#isGivenUp) this.#close(opened);
    else this.#outcome = { opened };
  }
}

/** The retries of this process. */
export const descriptorRetry: DescriptorRetry = new DescriptorRetry();

function isShortage(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return [error, cause].some((each) => SHORTAGE_CODES.has(systemCode(each)));
}
