import type { Attributes, BatchObservableResult, Counter, Histogram, Observable } from "@opentelemetry/api";
import type { Moment } from "../../time/moment.ts";
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
} from "../schema/names.ts";

/** How an update ended. */
export type RunResult = (typeof RUN_RESULTS)[number];

/** How current a live update is. */
export interface LiveState {
  /** Whether it has caught up, and nothing has come since that is not worked off. */
  readonly isReady: boolean;
  /** When it last was ready and no source failed: now, as long as that is so; `null` before the first time. */
  readonly succeeded: Moment | null;
  /** The age of the oldest change that is not worked off, in milliseconds; before it has caught up once, since it started. */
  readonly lagMs: number;
  readonly numFailingSources: number;
}

/** An update that is in progress. */
export interface ActiveRun {
  readonly app: string;
  readonly startedAt: Date;
  /** The number of slots for its components. */
  readonly slotLimit: number;
  /** How many of them are taken. */
  readonly numSlotsUsed: number;
  /** Of this moment; `undefined` for an update that is not live. */
  readonly live: LiveState | undefined;
}

/** What is exported of the updates of one app. */
interface AppState {
  readonly attributes: Attributes;
  readonly byResult: Readonly<Record<RunResult, Attributes>>;
  readonly active: Set<ActiveRun>;
  /** Unix times in seconds. */
  readonly firstStartedAt: number;
  startedAt: number;
  succeeded: Moment | undefined;
  slotLimit: number;
  hasBeenLive: boolean;
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
    // Not the latest date: after the clock was set back, an earlier update would keep it.
    state.startedAt = toSeconds(run.startedAt);
    state.slotLimit = run.slotLimit;
    state.hasBeenLive ||= run.live !== undefined;
  }

  /** An update has ended. */
  end(run: ActiveRun, end: { readonly result: RunResult; readonly moment: Moment; readonly durationMs: number }): void {
    const state = this.#stateOf(run);
    state.active.delete(run);
    if (run.live !== undefined) noteSuccess(state, run.live.succeeded);
    else if (end.result === "success") noteSuccess(state, end.moment);
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
      succeeded: undefined,
      slotLimit,
      hasBeenLive: false,
    };
    this.#apps.set(name, state);
    this.#meter.guard(() => {
      for (const result of RUN_RESULTS) this.#completions?.add(0, byResult[result]);
    });
    return state;
  }

  #observe(result: BatchObservableResult, observables: Observables): void {
    for (const state of this.#apps.values()) {
      const { attributes, firstStartedAt, slotLimit, startedAt } = state;
      const runs = [...state.active];
      const sumOf = (count: (run: ActiveRun) => number): number => runs.reduce((sum, run) => sum + count(run), 0);
      result.observe(observables.active, runs.length, attributes);
      result.observe(observables.startedAt, startedAt, attributes);
      result.observe(observables.appStartedAt, firstStartedAt, attributes);
      this.#observeLive(result, observables, state);
      if (state.succeeded !== undefined) {
        result.observe(observables.succeededAt, toSeconds(state.succeeded.date), attributes);
      }
      const used = sumOf((run) => run.numSlotsUsed);
      result.observe(observables.slotsUsed, used, attributes);
      const limit = runs.length === 0 ? slotLimit : sumOf((run) => run.slotLimit);
      result.observe(observables.slotLimit, limit, attributes);
    }
  }

  /** An app that was live once goes on being observed: the SDK would repeat the last values for ever. */
  #observeLive(result: BatchObservableResult, observables: Observables, state: AppState): void {
    if (!state.hasBeenLive) return;
    const lives = [...state.active].flatMap(({ live }) => live ?? []);
    for (const live of lives) noteSuccess(state, live.succeeded);
    const isReady = lives.length > 0 && lives.every((live) => live.isReady);
    result.observe(observables.liveReady, isReady ? 1 : 0, state.attributes);
    result.observe(observables.liveLag, Math.max(0, ...lives.map(({ lagMs }) => lagMs)) / 1000, state.attributes);
    const numFailing = lives.reduce((sum, { numFailingSources }) => sum + numFailingSources, 0);
    result.observe(observables.liveFailingSources, numFailing, state.attributes);
  }
}

/** The newest success counts, which is not the one with the latest date when the clock was set back. */
function noteSuccess(state: AppState, moment: Moment | null): void {
  if (moment === null || (state.succeeded !== undefined && moment.ms < state.succeeded.ms)) return;
  state.succeeded = moment;
}

function toSeconds(date: Date): number {
  return date.getTime() / 1000;
}
