import { CauseTally, type FailureCause } from "../../progress/view/failure-causes.ts";
import { NewFailures } from "../../progress/view/new-failures.ts";
import { RemainingEstimator, type Remaining } from "../../progress/view/remaining.ts";
import type { FollowableReport } from "../../progress/followable-report.ts";
import { findStall } from "../../progress/view/stall.ts";
import type { UpdateSnapshot } from "../../progress/schema/stats.ts";
import type { Clock } from "../../time/clock.ts";
import { NO_FRESHNESS, viewFreshness } from "./freshness-view.ts";
import type { ReportView } from "./report-view.ts";

interface Shown {
  readonly snapshot: UpdateSnapshot;
  readonly causes: readonly FailureCause[];
  readonly remaining: Remaining;
  readonly at: number;
}

/** A report as it is seen by who prints it: its newest snapshot, and what follows from those before. */
export class FollowedReport {
  readonly title: string | null;
  /** The least time between two renewals of the counts that are shown, in milliseconds. */
  readonly intervalMs: number;
  readonly startedAt: number;
  readonly #source: Pick<FollowableReport, "watch" | "failures" | "notices" | "isCutOff">;
  readonly #clock: Clock;
  readonly #newFailures = new NewFailures();
  readonly #causes = new CauseTally();
  readonly #remaining = new RemainingEstimator();
  #latest: { readonly snapshot: UpdateSnapshot; readonly takenAt: number } | undefined;
  #shown: Shown | undefined;
  #end: { readonly at: number; readonly failure?: { readonly error: unknown } } | undefined;

  constructor(source: Omit<FollowableReport, "app" | "stats">, clock: Clock, intervalMs: number) {
    this.title = source.title;
    this.intervalMs = intervalMs;
    this.startedAt = clock.now();
    this.#source = source;
    this.#clock = clock;
    source.notices?.markShown();
  }

  /** The newest snapshot; `undefined` before anything has been counted. */
  get latest(): UpdateSnapshot | undefined {
    return this.#latest?.snapshot;
  }

  /** Follows the source; resolves when it has ended, however it did. */
  async follow(): Promise<void> {
    try {
      for await (const snapshot of this.#source.watch()) this.#take(snapshot);
      this.#end = { at: this.#clock.now() };
    } catch (error) {
      this.#end = { at: this.#clock.now(), failure: { error } };
    }
    this.#shown = undefined;
    this.#takeFailures();
  }

  /** What there is to show at this moment. */
  view(): ReportView {
    const now = this.#end?.at ?? this.#clock.now();
    const elapsedMs = this.#elapsedMs(now);
    const latest = this.#latest?.snapshot;
    const shown = this.#renewShown(now);
    const { failure } = this.#end ?? {};
    const isFinal = this.#end !== undefined;
    const isCutOff = !isFinal && this.#source.isCutOff === true;
    // What follows from the time that goes by is known only of what goes on in sight.
    const current = isFinal || isCutOff ? undefined : latest;
    return {
      title: this.title,
      stats: shown?.snapshot.stats ?? null,
      elapsedMs,
      isFinal,
      isReady: shown?.snapshot.status === "ready",
      isListing: shown?.snapshot.isListing ?? true,
      causes: shown?.causes ?? this.#causes.causes(),
      remaining: current === undefined ? null : (shown?.remaining ?? null),
      stall: current === undefined ? null : findStall(current, elapsedMs),
      // Of the counts beside it: newer news would contradict them.
      freshness: current === undefined || !shown ? NO_FRESHNESS : viewFreshness(shown.snapshot, this.#clock.date()),
      isCutOff,
      notices: this.#source.notices?.values() ?? [],
      ...(failure && { failure }),
    };
  }

  #take(snapshot: UpdateSnapshot): void {
    this.#latest = { snapshot, takenAt: this.#clock.now() };
    this.#remaining.take(snapshot);
    // A failure may be on record a little later than it is counted.
    if (this.#newFailures.numTaken < snapshot.stats.total.numErrors) this.#takeFailures();
  }

  #takeFailures(): void {
    for (const failure of this.#newFailures.take(this.#source.failures())) this.#causes.add(failure);
  }

  /** Counts, causes and what they say of the rest are renewed together, so that they agree. */
  #renewShown(now: number): Shown | undefined {
    const latest = this.#latest?.snapshot;
    if (latest !== undefined && (this.#shown === undefined || now - this.#shown.at >= this.intervalMs)) {
      const remaining = this.#remaining.estimate(this.#elapsedMs(now));
      this.#shown = { snapshot: latest, causes: this.#causes.causes(), remaining, at: now };
    }
    return this.#shown;
  }

  #elapsedMs(now: number): number {
    if (this.#latest === undefined) return now - this.startedAt;
    const { snapshot, takenAt } = this.#latest;
    return snapshot.elapsedMs + now - takenAt;
  }
}
