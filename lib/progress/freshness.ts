import type { Clock } from "../time/clock.ts";
import { frozenDate } from "../time/frozen-date.ts";
import { momentOf, type Moment } from "../time/moment.ts";
import type { FailingSource, FreshnessFields } from "./schema/stats.ts";

/** The number of failing sources that a snapshot names: those that have failed for longest. */
export const MAX_FAILING_SOURCES = 100;

/** A change that was told by a live source, from when it was told until it is worked off. */
export interface PendingChange {
  readonly at: Date;
}

/** Keeps how current a report is: whether it has caught up, what waits to be worked off, and which sources fail. */
export class Freshness {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  /** Each with the moment at which it was added. */
  readonly #pending = new Map<PendingChange, Moment>();
  readonly #failing = new Map<object, FailingSource>();
  #hasCaughtUp = false;
  #caughtUp: Moment | null = null;

  /** `onChange` is called when others should look again. */
  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Whether it has ever caught up. */
  get hasCaughtUp(): boolean {
    return this.#hasCaughtUp;
  }

  /** Whether it has caught up and nothing has come since that is not worked off. */
  get isCurrent(): boolean {
    return this.#hasCaughtUp && this.#pending.size === 0;
  }

  /** What there was at the beginning is worked off. */
  catchUp(): void {
    this.#hasCaughtUp = true;
    this.#noteCurrent();
  }

  /** A change was told: the report is not current again before {@link remove}. */
  add(change: PendingChange): void {
    const wasCurrent = this.isCurrent;
    this.#pending.set(change, momentOf(this.#clock));
    if (wasCurrent) this.#onChange();
  }

  /** A change is worked off. */
  remove(change: PendingChange): void {
    if (!this.#pending.delete(change) || !this.isCurrent) return;
    this.#noteCurrent();
    this.#onChange();
  }

  /** A change is not to be worked off any more: that has failed, or is left to another. */
  giveUp(change: PendingChange): void {
    if (this.#pending.delete(change) && this.isCurrent) this.#onChange();
  }

  /** A source fails: `source` stands for it. */
  fail(source: object, failing: FailingSource): void {
    const { retryAt, since } = failing;
    this.#failing.set(source, Object.freeze({ ...failing, since: frozenDate(since), retryAt: frozenDate(retryAt) }));
    this.#onChange();
  }

  /** A source is in order again. */
  recover(source: object): void {
    if (!this.#failing.delete(source)) return;
    this.#noteCurrent();
    this.#onChange();
  }

  /** A source has ended, in whatever order. */
  forget(source: object): void {
    if (this.#failing.delete(source)) this.#onChange();
  }

  /** When everything known was last worked off, with no source failing; `null` while it has not been yet. */
  get caughtUp(): Moment | null {
    return this.#caughtUp;
  }

  /** The date of {@link caughtUp}. */
  get caughtUpAt(): Date | null {
    return this.#caughtUp?.date ?? null;
  }

  /** When the oldest change happened that is not worked off yet; `null` when none is waiting. */
  get oldestChangeAt(): Date | null {
    let oldest: Date | null = null;
    for (const { at } of this.#pending.keys()) if (oldest === null || at < oldest) oldest = at;
    return oldest;
  }

  /** The age of the oldest pending change in milliseconds, 0 without one. A date that is set after the change was added does not count. */
  get lagMs(): number {
    const now = this.#clock.now();
    let lagMs = 0;
    for (const [{ at }, added] of this.#pending) {
      lagMs = Math.max(lagMs, now - added.ms + Math.max(0, added.date.getTime() - at.getTime()));
    }
    return lagMs;
  }

  /** The number of sources that fail at the moment. */
  get numFailingSources(): number {
    return this.#failing.size;
  }

  /** The state of this moment. */
  fields(): FreshnessFields {
    const failing = [...this.#failing.values()].toSorted((one, other) => one.since.getTime() - other.since.getTime());
    const { oldestChangeAt } = this;
    return {
      caughtUpAt: this.caughtUpAt,
      oldestChangeAt: oldestChangeAt === null ? null : frozenDate(oldestChangeAt),
      failingSources: Object.freeze(failing.slice(0, MAX_FAILING_SOURCES)),
    };
  }

  #noteCurrent(): void {
    // What a source that fails has not told of may be anything.
    if (!this.isCurrent || this.#failing.size > 0) return;
    const { date, ms } = momentOf(this.#clock);
    this.#caughtUp = { ms, date: frozenDate(date) };
  }
}
