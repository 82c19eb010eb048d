import type { Attributes, BatchObservableResult, Histogram, Observable } from "@opentelemetry/api";
import { instrumentOptions, type GuardedMeter } from "./guarded-meter.ts";
import { ComponentInstruments } from "./instruments.ts";
import { COMPONENT_ACTIVE, COMPONENT_DURATION, QUEUE_SIZE } from "../schema/names.ts";
import type { Series } from "./series.ts";
import type { Outcome } from "../schema/stats.ts";

/** Counts that are looked at when metrics are collected. */
export interface CountSource {
  stats(): { readonly numInProgress: number; readonly numQueued: number };
}

/** What was counted in one series: the counters of a component, then the cancellations. */
export interface ExportedCounts {
  readonly series: Series;
  readonly counts: readonly number[];
}

/** The instruments of components at one meter provider of a host. */
export class ComponentExport {
  readonly #meter: GuardedMeter;
  readonly #counters: ComponentInstruments;
  readonly #duration: Histogram | undefined;
  /** Every series there has been, with what counts in it now: one that nothing counts in any more goes on at 0. */
  readonly #series = new Map<Series, Set<CountSource>>();

  /** `flush` has what was counted handed over, so that one collection sees all numbers as of one moment. */
  constructor(meter: GuardedMeter, flush: () => Promise<void>) {
    this.#meter = meter;
    this.#counters = new ComponentInstruments(meter);
    this.#duration = meter.create((made) =>
      made.createHistogram(COMPONENT_DURATION.name, {
        ...instrumentOptions(COMPONENT_DURATION),
        advice: { explicitBucketBoundaries: [...COMPONENT_DURATION.boundaries] },
      }),
    );
    meter.create((made) => {
      const active = made.createObservableUpDownCounter(COMPONENT_ACTIVE.name, instrumentOptions(COMPONENT_ACTIVE));
      const queue = made.createObservableUpDownCounter(QUEUE_SIZE.name, instrumentOptions(QUEUE_SIZE));
      made.addBatchObservableCallback(
        async (result) => {
          await flush();
          meter.guard(() => this.#observe(result, active, queue));
        },
        [active, queue],
      );
    });
  }

  /** Exports what `source` counts under `series`, which is created at 0. */
  attach(series: Series, source: CountSource): void {
    this.#open(series).add(source);
  }

  /** `source` will not count any more. */
  detach(series: Series, source: CountSource): void {
    this.#series.get(series)?.delete(source);
  }

  /** Adds to the counter at `index`. */
  add(index: number, count: number, attributes: Attributes): void {
    this.#counters.add(index, count, attributes);
  }

  /** Adds what was counted before this export began. */
  addAll({ counts, series }: ExportedCounts): void {
    this.#open(series);
    for (const [index, count] of counts.entries()) if (count > 0) this.add(index, count, series.attributes);
  }

  /** Records the time of an execution that ran. */
  recordDuration(durationMs: number, series: Series, outcome: Outcome): void {
    this.#meter.guard(() => this.#duration?.record(durationMs / 1000, series.withOutcome(outcome)));
  }

  #open(series: Series): Set<CountSource> {
    const known = this.#series.get(series);
    if (known !== undefined) return known;
    this.#counters.create(series.attributes);
    const sources = new Set<CountSource>();
    this.#series.set(series, sources);
    return sources;
  }

  #observe(result: BatchObservableResult, active: Observable, queue: Observable): void {
    for (const [series, sources] of this.#series) {
      let numActive = 0;
      let numQueued = 0;
      for (const source of sources) {
        const stats = source.stats();
        numActive += stats.numInProgress;
        numQueued += stats.numQueued;
      }
      result.observe(active, numActive, series.attributes);
      result.observe(queue, numQueued, series.attributes);
    }
  }
}
