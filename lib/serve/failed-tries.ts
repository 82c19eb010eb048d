import type { Clock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";

/** The delays of one address: they double with each failure. */
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 4000;

/** An address that has not failed for so long starts again with the first delay. */
const FORGET_AFTER_MS = 60_000;

/** The most addresses with failures that are remembered; the address that failed first is forgotten first. */
const MAX_ADDRESSES = 1000;

/** The most failing answers that wait, in all and for one address. */
const MAX_WAITING = 50;
const MAX_WAITING_PER_ADDRESS = 10;

/** The seconds after which a client that was turned away may try again. */
export const RETRY_AFTER_SECONDS: number = LONGEST_DELAY_MS / 1000;

interface Failing {
  numFailures: number;
  lastMs: number;
  numWaiting: number;
}

/**
 * Delays the answers to failed tries, the longer the more an address has failed. Successful requests never wait. The number of
 * remembered addresses and of waiting answers is bounded.
 */
export class FailedTries {
  readonly #clock: Clock;
  /** By address, in the order of their last failures. */
  readonly #failing = new Map<string, Failing>();
  #numWaiting = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The number of addresses that are remembered. */
  get numAddresses(): number {
    return this.#failing.size;
  }

  /** Resolves with `true` after the delay, or when `signal` is aborted; with `false` at once when too many answers wait. */
  async delay(address: string, signal: AbortSignal): Promise<boolean> {
    const failing = this.#note(address);
    if (this.#numWaiting >= MAX_WAITING || failing.numWaiting >= MAX_WAITING_PER_ADDRESS) return false;
    const ms = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failing.numFailures - 1));
    this.#numWaiting++;
    failing.numWaiting++;
    await pause(ms, { clock: this.#clock, signal }).catch(() => {});
    this.#numWaiting--;
    failing.numWaiting--;
    return true;
  }

  #note(address: string): Failing {
    const now = this.#clock.now();
    const known = this.#failing.get(address);
    const isForgotten = known === undefined || now - known.lastMs > FORGET_AFTER_MS;
    const failing = known ?? { numFailures: 0, lastMs: now, numWaiting: 0 };
    failing.numFailures = isForgotten ? 1 : failing.numFailures + 1;
    failing.lastMs = now;
    this.#failing.delete(address);
    this.#failing.set(address, failing);
    for (const oldest of this.#failing.keys()) {
      if (this.#failing.size <= MAX_ADDRESSES) break;
      this.#failing.delete(oldest);
    }
    return failing;
  }
}
