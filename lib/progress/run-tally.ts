import type { Clock } from "../time/clock.ts";
import { momentOf } from "../time/moment.ts";
import type { MetricExport } from "./export/metric-export.ts";
import type { Freshness } from "./freshness.ts";
import { Newest } from "./newest.ts";
import { MAX_FAILURES, type ComponentFailure, type Report } from "./report.ts";
import type { ActiveRun, LiveState, RunResult } from "./export/run-export.ts";
import type { Series } from "./export/series.ts";

/** What a {@link RunTally} is made of. */
export interface RunTallyOptions {
  readonly app: string;
  /** Stands for the environment that the app is in. */
  readonly environment: object;
  /** Whether it counts as an update: a drop does not. */
  readonly isUpdate: boolean;
  readonly isLive: boolean;
  /** The number of slots for components. */
  readonly slotLimit: number;
}

/** The counting of one update or drop of one app: its reports, and where they are exported to. */
export class RunTally implements ActiveRun {
  readonly app: string;
  readonly environment: object;
  readonly startedAt: Date;
  readonly slotLimit: number;
  /** The failures of all of its reports. */
  readonly failures: Newest<ComponentFailure> = new Newest(MAX_FAILURES);
  /** Tells how many slots are taken, once there are any. */
  slots: { readonly numUsed: number } | undefined;
  readonly #isUpdate: boolean;
  readonly #isLive: boolean;
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #exports: MetricExport[] = [];
  readonly #reports = new Set<Report>();
  #freshness: Freshness | undefined;
  /** What reports that have ended counted, summed up: a run may open any number of groups. */
  readonly #past = new Map<Series, number[]>();

  constructor(options: RunTallyOptions, clock: Clock) {
    this.app = options.app;
    this.environment = options.environment;
    this.slotLimit = options.slotLimit;
    this.#isUpdate = options.isUpdate;
    this.#isLive = options.isLive;
    this.#clock = clock;
    this.startedAt = clock.date();
    this.#startedMs = clock.now();
  }

  get numSlotsUsed(): number {
    return this.slots?.numUsed ?? 0;
  }

  get live(): LiveState | undefined {
    if (!this.#isLive) return undefined;
    const {
      caughtUp = null,
      hasCaughtUp = false,
      isCurrent: isReady = false,
      lagMs: pendingMs = 0,
      numFailingSources = 0,
    } = this.#freshness ?? {};
    const lagMs = hasCaughtUp ? pendingMs : Math.max(pendingMs, this.#clock.now() - this.#startedMs);
    const succeeded = isReady && numFailingSources === 0 ? momentOf(this.#clock) : caughtUp;
    return { isReady, succeeded, lagMs, numFailingSources };
  }

  /** Where it is exported to at the moment. */
  get exports(): readonly MetricExport[] {
    return this.#exports;
  }

  /** Exports what it counts from now on, and what its reports have counted so far. */
  attachTo(metricExport: MetricExport): void {
    this.#exports.push(metricExport);
    if (this.#isUpdate) metricExport.runs.begin(this);
    for (const [series, counts] of this.#past) metricExport.components.addAll({ series, counts });
    for (const report of this.#reports) report.attachTo(metricExport);
  }

  /** Exports nothing any more through `metricExport`. */
  detachFrom(metricExport: MetricExport): void {
    const index = this.#exports.indexOf(metricExport);
    if (index < 0) return;
    this.#exports.splice(index, 1);
    for (const report of this.#reports) report.detachFrom(metricExport);
  }

  /** A report of it was opened. */
  enter(report: Report): void {
    this.#reports.add(report);
    if (report.title === null) this.#freshness = report.freshness;
  }

  /** A report of it will not count any more. */
  leave(report: Report): void {
    if (!this.#reports.delete(report)) return;
    for (const metricExport of this.#exports) report.detachFrom(metricExport);
    for (const { counts, series } of report.exported()) {
      const past = this.#past.get(series) ?? counts.map(() => 0);
      this.#past.set(
        series,
        past.map((count, index) => count + counts[index]!),
      );
    }
  }

  /** It is over. */
  end(result: RunResult): void {
    if (!this.#isUpdate) return;
    const end = { result, moment: momentOf(this.#clock), durationMs: this.#clock.now() - this.#startedMs };
    for (const { runs } of this.#exports) runs.end(this, end);
  }
}
