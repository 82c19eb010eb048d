import { backoffMs, RETRY_BOUNDS } from "../../time/backoff.ts";

/** The failures in a row of one live source. The streak ends when the source has been ready for the longest pause between retries. */
export class FailureStreak {
  #numFailures = 0;
  /** When the source has become ready in this attempt. */
  #readyAt: number | undefined;

  /** The number of failures in a row. */
  get numFailures(): number {
    return this.#numFailures;
  }

  /** Begins an attempt to follow the source. */
  beginAttempt(): void {
    this.#readyAt = undefined;
  }

  /** Notes that the source is ready. */
  noteReady(now: number): void {
    this.#readyAt = now;
  }

  /** Counts a failure; returns the pause before the next attempt, in milliseconds. `random` is from 0 to 1, for the jitter. */
  fail(now: number, random: number): number {
    const hasRecovered = this.#readyAt !== undefined && now - this.#readyAt >= RETRY_BOUNDS.longestMs;
    this.#numFailures = hasRecovered ? 1 : this.#numFailures + 1;
    return backoffMs(this.#numFailures, random, RETRY_BOUNDS);
  }
}
