import { diag } from "@opentelemetry/api";
import { DeletionRetry } from "../engine/execution/deletion-retry.ts";
import { currentFrame } from "../engine/run/frame.ts";
import { Run, type GroupReports, type Starter } from "../engine/run/run.ts";
import type { AppRows } from "../engine/records/app-rows.ts";
import { requireOutside } from "../engine/run/surroundings.ts";
import { retryDeletions } from "../engine/execution/sweep.ts";
import { toFollowable } from "../progress/followable-report.ts";
import { processTally } from "../progress/process-tally.ts";
import type { Report } from "../progress/report.ts";
import type { RunTally } from "../progress/run-tally.ts";
import { stateOf, type Environment } from "./environment.ts";
import type { EnvironmentState } from "./environment-state.ts";
import type { RunObserver } from "./handle.ts";
import { keepAlive } from "./keep-alive.ts";
import { RecordedUpdate } from "./recorded-update.ts";
import type { Turns } from "./turns.ts";

/** What a run needs to know of its app. */
export interface RunnableApp {
  readonly name: string;
  readonly environment: Environment;
  readonly maxInflightComponents: number;
}

/** How an app is run. */
export interface RunAppOptions {
  readonly kind: "update" | "drop";
  /** How often progress is printed; `undefined` for never. */
  readonly intervalMs: number | undefined;
  readonly isFullReprocess: boolean;
  readonly isLive: boolean;
  readonly signal: AbortSignal | undefined;
  readonly observer: RunObserver;
}

/** Runs `body` as an update of `app`: when its turn has come, with reports that end when it does. */
export function runApp<R>(app: RunnableApp, options: RunAppOptions, body: (run: Run) => Promise<R>): Promise<R> {
  const state = stateOf(app.environment);
  const aborting = new AbortController();
  const signal = options.signal === undefined ? aborting.signal : AbortSignal.any([options.signal, aborting.signal]);
  const result = new AppRun(app, state, { ...options, signal }).start(body);
  state.track(result, (reason) => aborting.abort(reason));
  return result;
}

/** The turns that each run belongs to. */
const turnsOf = new WeakMap<Run, Turns>();

class AppRun implements GroupReports {
  readonly #app: RunnableApp;
  readonly #state: EnvironmentState;
  readonly #options: RunAppOptions & { readonly signal: AbortSignal };
  readonly #startedIn: Starter | undefined = currentFrame()?.component;
  readonly #openGroups = new Set<Report>();
  readonly #reporters = new Set<Promise<void>>();
  readonly #closing = new Set<Promise<void>>();
  #tally: RunTally | undefined;
  #update: RecordedUpdate | undefined;

  constructor(app: RunnableApp, state: EnvironmentState, options: RunAppOptions & { readonly signal: AbortSignal }) {
    this.#app = app;
    this.#state = state;
    this.#options = options;
  }

  async start<R>(body: (run: Run) => Promise<R>): Promise<R> {
    const { signal } = this.#options;
    this.#state.requireOpen();
    this.#requireOutside();
    const endTurn = await this.#turns.take(signal);
    try {
      return await this.#count(body);
    } finally {
      endTurn();
    }
  }

  async #count<R>(body: (run: Run) => Promise<R>): Promise<R> {
    const { signal } = this.#options;
    const tally = this.#beginTally();
    try {
      const value = await this.#run(tally, body);
      processTally.end(tally, "success");
      this.#update?.end({ status: "ready" });
      return value;
    } catch (error) {
      const isAborted = signal.aborted && error === signal.reason;
      processTally.end(tally, isAborted ? "cancelled" : "error");
      this.#update?.end({ status: isAborted ? "aborted" : "failed", error });
      throw error;
    }
  }

  /** Opens the report of a stats group. */
  open(title: string): Report {
    const report = this.#openReport(title);
    this.#openGroups.add(report);
    this.#update?.addGroup(report);
    this.#options.observer.groupOpened(toFollowable(report));
    return report;
  }

  show(report: Report, intervalMs: number): void {
    const reporter = this.#state
      .stdoutReporter(toFollowable(report), { intervalMs })
      .finally(() => this.#reporters.delete(reporter));
    this.#reporters.add(reporter);
  }

  complete(report: Report): void {
    this.#openGroups.delete(report);
    report.complete(null);
    const closing = processTally.close(report).finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  get #turns(): Turns {
    return this.#state.turns(this.#app.name);
  }

  /** A run of the same app that this one is started in would have to end before this one begins. */
  #requireOutside(): void {
    const kind = this.#options.kind === "drop" ? "a drop" : "an update";
    requireOutside(
      ({ run }) => turnsOf.get(run) === this.#turns && run.report.end === undefined,
      `start ${kind} of app "${this.#app.name}"`,
      "start it when the run that it is part of has ended",
    );
  }

  #beginTally(): RunTally {
    const { environment, maxInflightComponents, name } = this.#app;
    const isUpdate = this.#options.kind === "update";
    const { isLive } = this.#options;
    const options = { app: name, environment, isUpdate, isLive, slotLimit: maxInflightComponents };
    this.#tally = processTally.begin(options, this.#state.meterProvider);
    return this.#tally;
  }

  async #run<R>(tally: RunTally, body: (run: Run) => Promise<R>): Promise<R> {
    const rows = await this.#state.createRows(this.#app.name);
    this.#options.signal.throwIfAborted();
    const report = this.#openReport(null);
    this.#update = this.#logUpdate(rows, report);
    const run = new Run({
      rows,
      report,
      groups: this,
      environmentName: this.#state.name,
      handlers: this.#state.handlers,
      maxInflightComponents: this.#app.maxInflightComponents,
      isFullReprocess: this.#options.isFullReprocess,
      isLive: this.#options.isLive,
      clock: this.#state.clock,
      startedIn: this.#startedIn,
    });
    turnsOf.set(run, this.#turns);
    tally.slots = run.slots;
    this.#options.observer.started(report, () => run.live.finish());
    if (this.#options.intervalMs !== undefined) this.show(report, this.#options.intervalMs);
    return this.#follow(run, report, body);
  }

  #openReport(title: string | null): Report {
    return processTally.open({ app: this.#app.name, title, run: this.#tally });
  }

  #logUpdate(rows: AppRows, report: Report): RecordedUpdate {
    const { environment, name } = this.#app;
    const { clock, updates } = this.#state;
    const { kind } = this.#options;
    return new RecordedUpdate(updates.begin({ app: name, kind, environment, report, clock }), rows);
  }

  async #follow<R>(run: Run, report: Report, body: (run: Run) => Promise<R>): Promise<R> {
    const { signal } = this.#options;
    const abort = (): void => run.abort(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      const value = await this.#settle(run, body);
      await this.#end(report, () => report.complete(value));
      return value;
    } catch (error) {
      await this.#end(report, () => {
        for (const group of this.#openGroups) group.fail(error);
        report.fail(error);
      });
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /** Runs the body, and what is live in it; whatever comes of it, nothing of the run is under way afterwards. */
  async #settle<R>(run: Run, body: (run: Run) => Promise<R>): Promise<R> {
    let value: R;
    try {
      value = await body(run);
      if (!run.live.isEmpty) await this.#liveOn(run);
      await run.written();
      await retryDeletions(run);
      run.throwIfAborted();
    } catch (error) {
      await run.live.stop();
      await run.written().catch((other: unknown) => this.#tellOf(other, error));
      throw error;
    }
    await run.live.stop();
    await run.written();
    return value;
  }

  /** Tells of a failure of a run that has failed already. */
  #tellOf(other: unknown, error: unknown): void {
    if (other === error) return;
    diag.error(`tidemark: the run of app "${this.#app.name}" that has failed could not write its state either`, other);
  }

  /** Everything has caught up: goes on until there is nothing live any more. */
  async #liveOn(run: Run): Promise<void> {
    using _retrying = new DeletionRetry(run);
    using _alive = keepAlive(this.#state.clock);
    run.report.markReady();
    await run.live.ended();
  }

  /** All counts are handed over before the reports end, and the reporters have printed before the run does. */
  async #end(report: Report, endReports: () => void): Promise<void> {
    await processTally.flush();
    endReports();
    await Promise.all([report, ...this.#openGroups].map((open) => processTally.close(open)));
    await Promise.all([...this.#closing, ...this.#reporters]);
  }
}
