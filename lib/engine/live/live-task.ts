import { pause } from "../../time/pause.ts";
import type { Component } from "../run/component.ts";
import { runOutside } from "../run/frame.ts";
import { endReason, type Stoppable } from "../run/live-registry.ts";
import { FailureStreak } from "./failure-streak.ts";
import type { Failure } from "./failure.ts";
import { followOnce } from "./follow-once.ts";
import type { LiveOperation } from "./live-operation.ts";
import type { LiveSource } from "./live-source.ts";
import { OperationQueue } from "./operation-queue.ts";
import type { ReadyEntry } from "./ready-entry.ts";
import type { SourceReporter } from "./source-reporter.ts";

/** Options of {@link LiveTask}. */
export interface LiveTaskOptions {
  /** The component that the source stands at. Operations are held back while it is being executed, once the source is ready. */
  readonly component: Component;
  readonly entry: ReadyEntry;
  readonly reporter: SourceReporter;
}

/**
 * Follows one live source in one run and applies its operations. A source that fails is followed again with exponential backoff. In a
 * run that is not live, the task ends as soon as the source is ready.
 */
export class LiveTask implements Stoppable {
  readonly scope: readonly number[];
  readonly #options: LiveTaskOptions;
  readonly #operations: OperationQueue;
  readonly #stopping = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  readonly #streak = new FailureStreak();
  #attempt = new AbortController();
  #failing = new AbortController();
  #isFinishing = false;

  constructor(options: LiveTaskOptions) {
    const { component, reporter } = options;
    const { clock, live } = component.run;
    this.#operations = new OperationQueue({ clock, reporter, registry: live, signal: this.#stopping.signal });
    this.scope = [...component.ancestors, component.id];
    this.#options = options;
  }

  /** Begins to follow the source. */
  start(source: LiveSource): void {
    const { component, reporter } = this.#options;
    reporter.hold();
    component.run.mounted.expectRemounts();
    component.run.live.add(this);
    void runOutside(() => this.#run(source));
  }

  stop(reason: unknown): Promise<void> {
    this.abort(reason);
    return this.#ended.promise;
  }

  finish(): void {
    this.#isFinishing = true;
    if (this.#options.entry.isReady) this.abort(endReason());
  }

  abort(reason: unknown): void {
    this.#stopping.abort(reason);
    this.#attempt.abort(reason);
    this.#operations.close();
  }

  /** Queues an operation and returns its outcome. */
  enqueue<T>(operation: LiveOperation<T>): Promise<T> {
    return this.#operations.enqueue(operation);
  }

  /** Marks the source as ready once its operations so far are applied. Rejects in a run that wants no more: the source is to end. */
  async markReady(): Promise<void> {
    const attempt = this.#attempt;
    attempt.signal.throwIfAborted();
    await this.#operations.settledSoFar();
    attempt.signal.throwIfAborted();
    await this.#becomeReady();
    attempt.signal.throwIfAborted();
    if (this.#isLasting) return;
    attempt.abort(endReason());
    throw attempt.signal.reason;
  }

  /** Aborted when the present attempt has failed: nobody waits for its operations any more. */
  get failing(): AbortSignal {
    return this.#failing.signal;
  }

  get #isLasting(): boolean {
    return this.#options.component.run.live.areLasting && !this.#isFinishing;
  }

  async #run(source: LiveSource): Promise<void> {
    const { component, entry, reporter } = this.#options;
    const { run } = component;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      if (this.#streak.numFailures > 0) await run.ended(component);
      const failed = await this.#follow(source);
      if (failed === undefined) break;
      const pauseMs = this.#streak.fail(run.clock.now(), Math.random());
      const failure = await reporter.reportFailure(failed.error);
      await this.#operations.idle();
      if (this.#isLasting) reporter.markFailing(failed.error, this.#streak.numFailures, pauseMs);
      entry.fail(failure);
      if (!this.#isLasting) break;
      await pause(pauseMs, { clock: run.clock, signal }).catch(() => {});
    }
    await this.#operations.idle();
    this.#end();
  }

  /** Follows the source until it ends; returns the failure that is to be retried. */
  async #follow(source: LiveSource): Promise<Failure | undefined> {
    this.#attempt = new AbortController();
    this.#failing = new AbortController();
    this.#streak.beginAttempt();
    if (this.#stopping.signal.aborted) return undefined;
    const { component, reporter } = this.#options;
    const { failure, isUnexpected } = await followOnce(source, this.#attempt, component.run.clock);
    if (failure !== undefined && isUnexpected) this.#failing.abort(this.#attempt.signal.reason);
    if (failure === undefined || isUnexpected) return failure;
    await reporter.reportFailure(failure.error);
    return undefined;
  }

  /** Becomes ready between two operations, and holds the next ones back while the component is being executed. */
  #becomeReady(): Promise<void> {
    const { component, entry, reporter } = this.#options;
    const { run } = component;
    return new Promise((resolve) => {
      this.#operations.interpose({
        apply: async () => {
          this.#streak.noteReady(run.clock.now());
          reporter.markRecovered();
          entry.leave();
          resolve();
          if (this.#isLasting) await run.ended(component);
        },
        abandon: resolve,
      });
    });
  }

  #end(): void {
    const { component, entry, reporter } = this.#options;
    this.#operations.close();
    entry.leave();
    reporter.forgetFailing();
    component.run.live.remove(this);
    reporter.release();
    this.#ended.resolve();
  }
}
