import type { Clock } from "../lib/time/clock.ts";

interface Scheduled {
  readonly at: number;
  readonly action: () => void;
}

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #now = 0;
  #dateOffsetMs = 0;
  #scheduled: Scheduled[] = [];

  now(): number {
    return this.#now;
  }

  date(): Date {
    return new Date(this.#now + this.#dateOffsetMs);
  }

  /** Sets the date by `ms`, backward if negative, as a user of the machine does: {@link now} goes on as before. */
  shiftDate(ms: number): void {
    this.#dateOffsetMs += ms;
  }

  schedule(delayMs: number, action: () => void): () => void {
    const entry = { at: this.#now + delayMs, action };
    this.#scheduled.push(entry);
    return () => {
      this.#scheduled = this.#scheduled.filter((other) => other !== entry);
    };
  }

  /** When the actions still to come are due, soonest first. */
  get due(): readonly number[] {
    return this.#scheduled.map(({ at }) => at).toSorted((a, b) => a - b);
  }

  /** Goes on by `ms` while the process is busy: what becomes due meanwhile runs late, at the end. */
  stall(ms: number): void {
    this.#now += ms;
    this.advance(0);
  }

  /** Goes on by `ms`, and runs what becomes due on the way in its order; 0 runs what is due now. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#scheduled.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#now = Math.max(this.#now, next.at);
      this.#scheduled = this.#scheduled.filter((other) => other !== next);
      next.action();
    }
    this.#now = end;
  }
}
