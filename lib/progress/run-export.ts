import type { Attributes, BatchObservableResult, Counter, Histogram, Observable } from "@opentelemetry/api";
import { formatAttribute } from "./export-bounds.ts";
import { instrumentOptions, type GuardedMeter } from "./guarded-meter.ts";
import {
  APP_KEY,
  RESULT_KEY,
  RUN_COMPLETIONS,
  RUN_DURATION,
  RUN_OBSERVATIONS,
  RUN_RESULTS,
  type RunObservation,
} from "./names.ts";

/** How an update ended. */
export type RunResult = (typeof RUN_RESULTS)[number];

/** An update that is in progress. */
export interface ActiveRun {
  readonly app: string;
  readonly startedAt: Date;
  /** The number of slots for its components. */
  readonly slotLimit: number;
  /** How many of them are taken. */
  readonly numSlotsUsed: number;
}

/** What is exported of the updates of one app. */
interface AppState {
  readonly attributes: Attributes;
  readonly byResult: Readonly<Record<RunResult, Attributes>>;
  readonly active: Set<ActiveRun>;
  /** Unix times in seconds. */
  readonly firstStartedAt: number;
  startedAt: number;
  succeededAt: number | undefined;
  slotLimit: number;
}

type Observables = Readonly<Record<RunObservation, Observable>>;

/** The instruments of updates at one meter provider of a host. */
export class RunExport {
  readonly #meter: GuardedMeter;
  readonly #completions: Counter | undefined;
  readonly #duration: Histogram | undefined;
  readonly #apps = new Map<string, AppState>();

  constructor(meter: GuardedMeter) {
    this.#meter = meter;
    this.#completions = meter.create((made) =>
      made.createCounter(RUN_COMPLETIONS.name, instrumentOptions(RUN_COMPLETIONS)),
    );
    this.#duration = meter.create((made) =>
      made.createHistogram(RUN_DURATION.name, {
        ...instrumentOptions(RUN_DURATION),
        advice: { explicitBucketBoundaries: [...RUN_DURATION.boundaries] },
      }),
    );
    meter.create((made) => {
      const names = Object.entries(RUN_OBSERVATIONS);
      const observables = Object.fromEntries(
        names.map(([key, name]) => {
          const options = instrumentOptions(name);
          const isSum = name.kind === "upDownCounter";
          return [
            key,
            isSum
              ? made.createObservableUpDownCounter(name.name, options)
              : made.createObservableGauge(name.name, options),
          ];
        }),
      ) as unknown as Observables;
      made.addBatchObservableCallback(
        (result) => meter.guard(() => this.#observe(result, observables)),
        Object.values(observables),
      );
    });
  }

  /** An update has started, or is in progress when its export begins. */
  begin(run: ActiveRun): void {
    const state = this.#stateOf(run);
    state.active.add(run);
    state.startedAt = Math.max(state.startedAt, toSeconds(run.startedAt));
    state.slotLimit = run.slotLimit;
  }

  /** An update has ended. */
  end(run: ActiveRun, end: { readonly result: RunResult; readonly at: Date; readonly durationMs: number }): void {
    const state = this.#stateOf(run);
    state.active.delete(run);
    if (end.result === "success") state.succeededAt = toSeconds(end.at);
    const attributes = state.byResult[end.result];
    this.#meter.guard(() => {
      this.#completions?.add(1, attributes);
      this.#duration?.record(end.durationMs / 1000, attributes);
    });
  }

  #stateOf({ app, slotLimit, startedAt }: ActiveRun): AppState {
    const name = formatAttribute(app);
    const known = this.#apps.get(name);
    if (known !== undefined) return known;
    const byResult = Object.fromEntries(
      RUN_RESULTS.map((result) => [result, Object.freeze({ [APP_KEY]: name, [RESULT_KEY]: result })]),
    ) as unknown as Record<RunResult, Attributes>;
    const seconds = toSeconds(startedAt);
    const state: AppState = {
      attributes: Object.freeze({ [APP_KEY]: name }),
      byResult,
      active: new Set(),
      firstStartedAt: seconds,
      startedAt: seconds,
      succeededAt: undefined,
      slotLimit,
    };
    this.#apps.set(name, state);
    this.#meter.guard(() => {
      for (const result of RUN_RESULTS) this.#completions?.add(0, byResult[result]);
    });
    return state;
  }

  #observe(result: BatchObservableResult, observables: Observables): void {
    for (const { active, attributes, firstStartedAt, slotLimit, startedAt, succeededAt } of this.#apps.values()) {
      const runs = [...active];
      const sumOf = (count: (run: ActiveRun) => number): number => runs.reduce((sum, run) => sum + count(run), 0);
      result.observe(observables.active, runs.length, attributes);
      result.observe(observables.startedAt, startedAt, attributes);
      result.observe(observables.appStartedAt, firstStartedAt, attributes);
      if (succeededAt !== undefined) result.observe(observables.succeededAt, succeededAt, attributes);
      const used = sumOf((run) => run.numSlotsUsed);
      result.observe(observables.slotsUsed, used, attributes);
      const limit = runs.length === 0 ? slotLimit : sumOf((run) => run.slotLimit);
      result.observe(observables.slotLimit, limit, attributes);
    }
  }
}

function toSeconds(date: Date): number {
  return date.getTime() / 1000;
}
