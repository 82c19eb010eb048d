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
 * Retries operations that open a file, with exponential backoff, while no file descriptor is free for it. When the retries of one
 * operation have failed, others are not retried before one has succeeded: thousands of files would wait one after the other.
 */
export class DescriptorRetry {
  readonly #clock: Clock;
  readonly #random: () => number;
  #isExhausted = false;

  /** `random` gives a number from 0 to 1, for the jitter of the pauses. */
  constructor(clock: Clock = systemClock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Runs an operation. Rejects with its error when it fails for another reason, and after the last retry. */
  async run<T>(open: () => T | Promise<T>): Promise<T> {
    for (let numFailures = 1; ; numFailures++) {
      try {
        return this.#succeed(await open());
      } catch (error) {
        this.#requireRetry(error, numFailures);
      }
      await this.#pause(numFailures);
    }
  }

  /** As {@link DescriptorRetry.run}, in steps: yields the promise of each pause, and is to go on when that has resolved. */
  *steps<T>(open: () => T): Generator<Promise<void>, T> {
    for (let numFailures = 1; ; numFailures++) {
      try {
        return this.#succeed(open());
      } catch (error) {
        this.#requireRetry(error, numFailures);
      }
      yield this.#pause(numFailures);
    }
  }

  #succeed<T>(result: T): T {
    this.#isExhausted = false;
    return result;
  }

  #requireRetry(error: unknown, numFailures: number): void {
    if (!isShortage(error)) throw error;
    this.#isExhausted ||= numFailures > MAX_RETRIES;
    if (this.#isExhausted) throw error;
  }

  #pause(numFailures: number): Promise<void> {
    return pause(backoffMs(numFailures, this.#random(), BOUNDS), { clock: this.#clock });
  }
}

/** The retries of this process. */
export const descriptorRetry: DescriptorRetry = new DescriptorRetry();

function isShortage(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return [error, cause].some((each) => SHORTAGE_CODES.has(systemCode(each)));
}
