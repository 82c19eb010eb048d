import type { ComponentFailure, Report } from "../progress/report.ts";
import type { UpdateSnapshot, UpdateStats } from "../progress/stats.ts";
import { watchReport, type WatchOptions } from "../progress/watch.ts";
import type { ReportSource } from "./stdout-reporting.ts";
import { untilAborted } from "./until-aborted.ts";

/** What a handle is told by the run it starts. */
export interface RunObserver {
  /** The run has begun, and counts in `report`; `stop` ends a live one in good order. */
  started(report: Report, stop: () => void): void;
  /** A stats group was opened in it. */
  groupOpened(source: ReportSource): void;
}

/** Starts a run; resolves with its result. */
export type Launch<R> = (observer: RunObserver) => Promise<R>;

/** A run that starts when its result is asked for: on `await`, `result()` or `watch()`. */
export class UpdateHandle<R> implements PromiseLike<R> {
  readonly #launch: Launch<R>;
  readonly #opened = Promise.withResolvers<Report>();
  readonly #groupListeners: ((source: ReportSource) => void)[] = [];
  #result: Promise<R> | undefined;
  #report: Report | undefined;
  readonly #ended = Promise.withResolvers<void>();
  #stop: (() => void) | undefined;
  #isStopping = false;
  #numWatchers = 0;
  /** What watchers have thrown: the run's error, or the reason of their own signal. */
  readonly #thrown = new Set<unknown>();

  constructor(launch: Launch<R>) {
    this.#launch = launch;
    // A failure to start reaches the result and the watchers; nobody else has to take it.
    this.#opened.promise.catch(() => {});
    groupHooks.set(this, (listener) => this.#groupListeners.push(listener));
  }

  /** Starts the run, and gives the value of the app's main function: the same promise every time. */
  result(): Promise<R> {
    this.#result ??= this.#start();
    return this.#result;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- `await app.update()` is the contract
  then<T = R, E = never>(
    onFulfilled?: ((value: R) => T | PromiseLike<T>) | null,
    onRejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<T | E> {
    return this.result().then(onFulfilled, onRejected);
  }

  /** The counts of this moment; `null` before the run has started, final after it has ended. */
  stats(): UpdateStats | null {
    return this.#report?.stats() ?? null;
  }

  /**
   * Starts the run, and gives its present state, each later change, and a final snapshot with the result. Every call watches for
   * itself; leaving the loop ends the watching, not the run. A run that fails throws its error.
   */
  watch(options: WatchOptions = {}): AsyncIterable<UpdateSnapshot<R>> {
    void this.result();
    return { [Symbol.asyncIterator]: () => this.#watch(options) };
  }

  /**
   * Ends a live run in good order: what is in progress is finished, sources are not followed any more, watchers get the final snapshot
   * and `result()` resolves. A run that has not caught up yet does so first; one that is not live ends when it would have ended anyway.
   * Resolves when the run has ended, also when it failed; at once when it has not been started, which then does not live on.
   */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#stop?.();
    if (this.#result !== undefined) await this.#ended.promise;
  }

  /** The newest 100 failures of components outside stats groups, oldest first. */
  failures(): readonly ComponentFailure[] {
    return this.#report?.failures() ?? [];
  }

  async *#watch(options: WatchOptions): AsyncGenerator<UpdateSnapshot<R>, void> {
    this.#numWatchers++;
    try {
      const report = await untilAborted(this.#opened.promise, options.signal);
      yield* watchReport<R>(report, options);
    } catch (error) {
      this.#thrown.add(error);
      throw error;
    } finally {
      this.#numWatchers--;
    }
  }

  async #start(): Promise<R> {
    try {
      return await this.#launch({
        started: (report, stop) => {
          this.#report = report;
          this.#stop = stop;
          if (this.#isStopping) stop();
          this.#opened.resolve(report);
        },
        groupOpened: (source) => {
          for (const listener of this.#groupListeners) listener(source);
        },
      });
    } catch (error) {
      this.#opened.reject(error);
      // Whoever watches has the error, or gets it now: then the result need not be taken as well.
      if (this.#numWatchers > 0 || this.#thrown.has(error)) void this.#result?.catch(() => {});
      throw error;
    } finally {
      this.#stop = undefined;
      this.#ended.resolve();
    }
  }
}

/** A drop of an app that starts when its result is asked for; otherwise as an {@link UpdateHandle}. */
export type DropHandle = UpdateHandle<void>;

const groupHooks = new WeakMap<object, (listener: (source: ReportSource) => void) => void>();

/** Has `listener` told of every stats group that the run of `handle` opens from now on. */
export function onGroup(handle: object, listener: (source: ReportSource) => void): void {
  groupHooks.get(handle)?.(listener);
}
