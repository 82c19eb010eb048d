import type { Clock } from "../../../time/clock.ts";

/** A burst is over when so long nothing has come: an editor's save is several events within a few milliseconds. */
const QUIET_MS = 20;

/** What does not become quiet is cut into pieces of this length. */
const MAX_BURST_MS = 200;

/** Events that come in quick succession, taken together. */
export class EventBurst implements Disposable {
  readonly #clock: Clock;
  readonly #onOver: () => void;
  #startedAt: number | undefined;
  #lastAt = 0;
  #cancel: (() => void) | undefined;

  /** `onOver` is called once after each burst. */
  constructor(clock: Clock, onOver: () => void) {
    this.#clock = clock;
    this.#onOver = onOver;
  }

  /** Takes notice of an event; it begins a burst if none is going on. */
  note(): void {
    this.#lastAt = this.#clock.now();
    if (this.#startedAt !== undefined) return;
    this.#startedAt = this.#lastAt;
    this.#wait(QUIET_MS);
  }

  /** Ends what is going on, without a call. */
  [Symbol.dispose](): void {
    this.#cancel?.();
    this.#startedAt = undefined;
  }

  #wait(delayMs: number): void {
    // One timer for a whole burst: a new one for each of thousands of events would cost more than the events.
    this.#cancel = this.#clock.schedule(delayMs, () => this.#look());
  }

  #look(): void {
    const startedAt = this.#startedAt ?? 0;
    const endAt = Math.min(this.#lastAt + QUIET_MS, startedAt + MAX_BURST_MS);
    const leftMs = endAt - this.#clock.now();
    // A timer may fire a fraction of a millisecond early.
    if (leftMs >= 1) return this.#wait(leftMs);
    this.#startedAt = undefined;
    this.#onOver();
  }
}
