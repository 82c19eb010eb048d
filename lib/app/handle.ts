import { findSelfWait, requireOutside } from "../engine/run/surroundings.ts";
import type { TidemarkError } from "../errors.ts";
import { refuseSurplus } from "../options/refuse-surplus.ts";
import type { FollowableReport } from "../progress/followable-report.ts";
import type { ComponentFailure, Report } from "../progress/report.ts";
import type { UpdateSnapshot, UpdateStats } from "../progress/schema/stats.ts";
import { LeavableGenerator, type Consumer } from "../progress/leavable-generator.ts";
import { checkWatchOptions, followReport, type WatchOptions } from "../progress/watch.ts";
import { provideOwnReport } from "../progress/view/own-report.ts";
import { untilAborted } from "../time/until-aborted.ts";
import type { StartRun } from "./run-observer.ts";

let construct: <R>(startRun: StartRun<R>) => UpdateHandle<R>;

/** A run that starts when its result is asked for: on `await`, `result()` or `watch()`. */
export class UpdateHandle<R> implements PromiseLike<R> {
  readonly #startRun: StartRun<R>;
  readonly #opened = Promise.withResolvers<Report>();
  readonly #groupListeners: ((group: FollowableReport) => void)[] = [];
  #result: Promise<R> | undefined;
  #report: Report | undefined;
  readonly #ended = Promise.withResolvers<void>();
  #stop: (() => void) | undefined;
  #isStopping = false;
  #isResultTaken = false;
  /** Stand for those who watch. */
  readonly #watchers = new Set<object>();
  /** What watchers have thrown: the run's error, or the reason of their own signal. */
  readonly #thrown = new Set<unknown>();
  /** What the run has failed with, while it is up to a watcher to throw it. */
  #unthrown: { readonly error: unknown } | undefined;

  static {
    construct = (startRun) => new UpdateHandle(startRun);
  }

  private constructor(startRun: StartRun<R>) {
    this.#startRun = startRun;
    // A failure to start reaches the result and the watchers; nobody else has to take it.
    this.#opened.promise.catch(() => {});
    provideOwnReport(this, {
      app: null,
      title: null,
      stats: () => this.stats(),
      watch: () => this.watch(),
      failures: () => this.#report?.failures() ?? [],
      notices: {
        values: () => this.#report?.notices.values() ?? [],
        markShown: () =>
          void this.#opened.promise.then(
            (report) => report.notices.markShown(),
            () => {},
          ),
      },
    });
    groupHooks.set(this, (listener) => this.#groupListeners.push(listener));
  }

  /**
   * Starts the run, and gives the value of the app's main function: the same promise every time. In a component of the run, which
   * cannot end while the run goes on, the promise rejects with a TidemarkError `WAITS_FOR_ITSELF`.
   */
  result(): Promise<R> {
    const selfWait = this.#findSelfWait("wait for the result of the run");
    if (selfWait !== undefined) return rejectQuietly(selfWait);
    this.#isResultTaken = true;
    return this.#begin();
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
   * itself; leaving the loop ends the watching, not the run. A run that fails throws its error. With a signal that is aborted already,
   * nothing is started, and the loop throws its reason.
   *
   * @throws TypeError for an option that does not exist, or a wrong value; TidemarkError `WAITS_FOR_ITSELF` in a component of the run,
   *   which cannot end while the run goes on
   */
  watch(options: WatchOptions = {}): AsyncIterable<UpdateSnapshot<R>> {
    checkWatchOptions("watch the run", options);
    const report = this.#report;
    if (report !== undefined && report.end === undefined) {
      requireOutside(({ run }) => run.report === report, "watch the run", "hand the handle to code outside the run");
    }
    if (options.signal?.aborted !== true) void this.#begin();
    return { [Symbol.asyncIterator]: () => this.#createWatcher(options) };
  }

  /**
   * Ends a live run in good order: what is in progress is finished, sources are not followed any more, watchers get the final snapshot
   * and `result()` resolves. A run that has not caught up yet does so first; one that is not live ends when it would have ended anyway.
   * Resolves when the run has ended, also when it failed; at once when it has not been started, which then does not live on. In a
   * component of the run, which may stop it but not wait for its end, the promise rejects with a TidemarkError `WAITS_FOR_ITSELF`; it
   * may be left alone.
   */
  stop(): Promise<void>;
  stop(...surplus: readonly unknown[]): Promise<void> {
    refuseSurplus("stop an update", surplus);
    const selfWait = this.#findSelfWait("wait for the end of the run");
    this.#isStopping = true;
    this.#stop?.();
    if (selfWait !== undefined) return rejectQuietly(selfWait);
    return this.#result === undefined ? Promise.resolve() : this.#ended.promise;
  }

  /** The newest 100 failures of the run, those of its stats groups included, oldest first. */
  failures(): readonly ComponentFailure[] {
    return this.#report?.runFailures() ?? [];
  }

  /** The error for a component of the run that wants to wait for its end. */
  #findSelfWait(act: string): TidemarkError | undefined {
    const report = this.#report;
    if (report === undefined || report.end !== undefined) return undefined;
    return findSelfWait(({ run }) => run.report === report, act, "wait in code outside the run");
  }

  #begin(): Promise<R> {
    this.#result ??= this.#start();
    return this.#result;
  }

  #createWatcher(options: WatchOptions): AsyncGenerator<UpdateSnapshot<R>, void> {
    const watcher = {};
    const snapshots = new LeavableGenerator<UpdateSnapshot<R>>((consumer) => this.#watch(options, watcher, consumer));
    abandoned.register(snapshots, () => this.#leave(watcher));
    return snapshots;
  }

  async *#watch(options: WatchOptions, watcher: object, consumer: Consumer): AsyncGenerator<UpdateSnapshot<R>, void> {
    this.#watchers.add(watcher);
    try {
      options.signal?.throwIfAborted();
      const report = this.#report ?? (await this.#untilOpened(options.signal, consumer));
      if (report !== undefined) yield* followReport<R>(report, options, consumer);
    } catch (error) {
      this.#thrown.add(error);
      throw error;
    } finally {
      this.#leave(watcher);
    }
  }

  /** Resolves when the run has begun; with `undefined` when the consumer leaves before. */
  #untilOpened(signal: AbortSignal | undefined, consumer: Consumer): Promise<Report | undefined> {
    const left = Promise.withResolvers<undefined>();
    consumer.onLeave = () => left.resolve(undefined);
    return untilAborted(Promise.race([this.#opened.promise, left.promise]), signal);
  }

  /** A watcher watches no more. If the run's error was left to the watchers, and the last of them has not thrown it, it is raised. */
  #leave(watcher: object): void {
    if (!this.#watchers.delete(watcher) || this.#watchers.size > 0 || this.#unthrown === undefined) return;
    const { error } = this.#unthrown;
    this.#unthrown = undefined;
    // After the code that comes after the loop: it may take the result.
    process.nextTick(() => {
      if (!this.#isResultTaken && !this.#thrown.has(error)) void Promise.reject(error);
    });
  }

  async #start(): Promise<R> {
    try {
      return await this.#startRun({
        started: (report, stop) => {
          this.#report = report;
          this.#stop = stop;
          if (this.#isStopping) stop();
          this.#opened.resolve(report);
        },
        groupOpened: (group) => {
          for (const listener of this.#groupListeners) listener(group);
        },
      });
    } catch (error) {
      this.#opened.reject(error);
      // Whoever watches has the error, or gets it now: then the result need not be taken as well.
      if (this.#watchers.size > 0 || this.#thrown.has(error)) void this.#result?.catch(() => {});
      if (this.#watchers.size > 0) this.#unthrown = { error };
      throw error;
    } finally {
      this.#stop = undefined;
      this.#ended.resolve();
    }
  }
}

/** A promise that rejects with `reason`, which is no unhandled rejection if nobody awaits it. */
function rejectQuietly(reason: Error): Promise<never> {
  const rejected = Promise.reject(reason);
  rejected.catch(() => {});
  return rejected;
}

/** A drop of an app that starts when its result is asked for; otherwise as an {@link UpdateHandle}. */
export type DropHandle = UpdateHandle<void>;

/** Creates the handle of a run that has not been started. */
export function createHandle<R>(startRun: StartRun<R>): UpdateHandle<R> {
  return construct(startRun);
}

/** Calls what a watcher was registered with when it was forgotten in the middle. */
const abandoned = new FinalizationRegistry<() => void>((leave) => leave());

const groupHooks = new WeakMap<object, (listener: (group: FollowableReport) => void) => void>();

/** Has `listener` told of every stats group that the run of `handle` opens from now on. */
export function onGroup(handle: object, listener: (group: FollowableReport) => void): void {
  groupHooks.get(handle)?.(listener);
}
