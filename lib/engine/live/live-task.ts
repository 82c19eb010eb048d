import type { FailingSource } from "../../progress/schema/stats.ts";
import type { Report } from "../../progress/report.ts";
import { formatError } from "../../text/error-text.ts";
import { backoffMs, RETRY_BOUNDS } from "../../time/backoff.ts";
import type { Component } from "../run/component.ts";
import { handleException, type ExceptionHandler } from "../run/exceptions.ts";
import { runOutside } from "../run/frame.ts";
import type { GroupScope } from "../run/group.ts";
import { KeyedOperations, type Operation } from "./keyed-operations.ts";
import { pause } from "../../time/pause.ts";
import { endReason, type Stoppable } from "../run/live-registry.ts";
import type { Run } from "../run/run.ts";
import { watchOnce, type Failure } from "./watch-once.ts";

/** Work that a live source asks for. */
export interface Work {
  /** When the change happened; now unless given. */
  readonly at: Date | undefined;
  /** Must not reject; see {@link KeyedOperations}. */
  run(): Promise<boolean>;
  /** It is not done: newer work has taken its place, or there is to be no more. */
  drop(): void;
}

/** {@link Work} in the queue, with the change that it works off. */
interface Queued extends Operation<Queued> {
  readonly change: { at: Date };
}

/** What a {@link LiveTask} is made of. */
export interface LiveTaskOptions {
  readonly run: Run;
  /** The component that mounted it. */
  readonly owner: Component;
  /** The stats group around the mount. */
  readonly group: GroupScope | undefined;
  readonly handlers: readonly ExceptionHandler[];
  /** The ids of the component it stands at and of those above. */
  readonly scope: readonly number[];
  /** Names it in counts and failures. */
  readonly name: string;
  /** Its path, as text. */
  readonly path: string;
  /** Follows the source until `signal` is aborted; called again after it has thrown. */
  readonly watch: (signal: AbortSignal) => Promise<void>;
  /** What there was at the beginning is applied, or cannot be had: `failure` is what no exception handler has swallowed. */
  onReady(failure: Failure | undefined): void;
  /** After it is ready, work is held back until this resolves. */
  untilOpen(): Promise<void>;
}

/**
 * One live source or live component, in one run: watched until it ends or is not wanted any more, and again after a pause when it has
 * failed. In a run that is not live it ends as soon as it is ready.
 */
export class LiveTask implements Stoppable {
  readonly scope: readonly number[];
  readonly #options: LiveTaskOptions;
  readonly #operations = new KeyedOperations<Queued>();
  readonly #groups: readonly GroupScope[];
  readonly #reports: readonly Report[];
  /** The work that is not settled yet. */
  readonly #pending = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  #attempt = new AbortController();
  #isFinishing = false;
  #isReady = false;
  #readyAt: number | undefined;
  #failingSince: Date | undefined;

  constructor(options: LiveTaskOptions) {
    const { group, owner, run, scope } = options;
    this.scope = scope;
    this.#options = options;
    this.#groups = [...groupsAround(owner, group)];
    this.#reports = [...this.#groups.map(({ report }) => report), run.report];
  }

  /** Begins to watch. */
  start(): void {
    this.#options.owner.markLive();
    for (const group of this.#groups) group.hold();
    this.#options.run.mounted.expectRemounts();
    this.#options.run.live.add(this);
    void runOutside(() => this.#run());
  }

  stop(reason: unknown): Promise<void> {
    this.abort(reason);
    return this.#ended.promise;
  }

  finish(): void {
    this.#isFinishing = true;
    if (this.#isReady) this.abort(endReason());
  }

  abort(reason: unknown): void {
    this.#stopping.abort(reason);
    this.#attempt.abort(reason);
    this.#operations.close();
  }

  /** Queues work on one key, or on all without one. Gives whether it has begun at once. */
  enqueue(key: string | undefined, work: Work): boolean {
    const queued = this.#queue(work);
    if (key !== undefined) return this.#operations.add(key, queued);
    this.#operations.addFull(queued);
    return false;
  }

  /** The source has told what there was at the beginning. Where nothing more is wanted, it ends, and this rejects. */
  async markReady(): Promise<void> {
    const attempt = this.#attempt;
    attempt.signal.throwIfAborted();
    await Promise.all(this.#pending);
    attempt.signal.throwIfAborted();
    await this.#openUp();
    attempt.signal.throwIfAborted();
    if (this.#isLasting) return;
    attempt.abort(endReason());
    throw attempt.signal.reason;
  }

  /** Counts a failure, and has the exception handlers deal with it; gives what they left of it. */
  async report(error: unknown): Promise<Failure | undefined> {
    const { handlers, name: component, owner, path, run } = this.#options;
    if (run.isAborted) return undefined;
    const report = this.#reports[0]!;
    const cell = report.cell(component);
    cell.start();
    cell.finish("errors");
    report.recordFailure({ component, path, error });
    const place = { environment: run.environmentName, component, path, parentPath: owner.path };
    try {
      await handleException(handlers, error, { ...place, mountKind: "live" });
      return undefined;
    } catch (thrown) {
      return { error: thrown };
    }
  }

  /** Reports a failure that the source goes on after. */
  async reportException(error: unknown): Promise<void> {
    await this.report(error);
  }

  get #isLasting(): boolean {
    return this.#options.run.live.areLasting && !this.#isFinishing;
  }

  async #run(): Promise<void> {
    const { run } = this.#options;
    for (let numFailures = 0; !this.#stopping.signal.aborted;) {
      if (numFailures > 0) await this.#options.untilOpen();
      const failed = await this.#watch();
      if (failed === undefined) break;
      const hasRecovered = this.#readyAt !== undefined && run.clock.now() - this.#readyAt >= RETRY_BOUNDS.longestMs;
      numFailures = hasRecovered ? 1 : numFailures + 1;
      const failure = await this.report(failed.error);
      await this.#operations.idle();
      const pauseMs = backoffMs(numFailures, Math.random(), RETRY_BOUNDS);
      if (this.#isLasting) this.#markFailing(failed.error, numFailures, pauseMs);
      this.#becomeReady(failure);
      if (!this.#isLasting) break;
      await pause(pauseMs, { clock: run.clock, signal: this.#stopping.signal }).catch(() => {});
    }
    await this.#operations.idle();
    this.#end();
  }

  /** Watches until the source ends, by itself or because it is to; gives what it has failed with. */
  async #watch(): Promise<Failure | undefined> {
    const { run, watch } = this.#options;
    this.#attempt = new AbortController();
    this.#readyAt = undefined;
    if (this.#stopping.signal.aborted) return undefined;
    const { failure, isUnexpected } = await watchOnce(watch, this.#attempt, run.clock);
    if (failure === undefined || isUnexpected) return failure;
    await this.report(failure.error);
    return undefined;
  }

  #queue(work: Work): Queued {
    const { clock, live } = this.#options.run;
    const at = work.at ?? clock.date();
    if (!(at instanceof Date) || Number.isNaN(at.getTime())) {
      throw new TypeError(`Cannot take a change: \`at\` must be a valid Date, got ${String(at)}`);
    }
    const change = { at: new Date(at) };
    const settled = Promise.withResolvers<void>();
    this.#pending.add(settled.promise);
    for (const report of this.#reports) report.freshness.add(change);
    const settle = (isWorkedOff: boolean): void => {
      for (const { freshness } of this.#reports) {
        if (isWorkedOff) freshness.remove(change);
        else freshness.giveUp(change);
      }
      this.#pending.delete(settled.promise);
      settled.resolve();
    };
    return {
      change,
      run: async () => {
        const hasSucceeded = await live.work(() => work.run());
        settle(hasSucceeded);
        return hasSucceeded;
      },
      drop: (newer) => {
        // What has changed since then is not worked off before `newer` is.
        if (newer !== undefined && change.at < newer.change.at) newer.change.at = change.at;
        work.drop();
        settle(newer === undefined && !this.#stopping.signal.aborted);
      },
    };
  }

  /** Becomes ready when nothing is at work, and holds back what comes next until it may begin. */
  #openUp(): Promise<void> {
    return new Promise((resolve) => {
      this.#operations.interpose({
        run: async () => {
          this.#readyAt = this.#options.run.clock.now();
          this.#failingSince = undefined;
          for (const { freshness } of this.#reports) freshness.recover(this);
          this.#becomeReady(undefined);
          resolve();
          if (this.#isLasting) await this.#options.untilOpen();
        },
        drop: resolve,
      });
    });
  }

  #becomeReady(failure: Failure | undefined): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#options.onReady(failure);
  }

  #markFailing(error: unknown, numFailures: number, pauseMs: number): void {
    const { name: component, path, run } = this.#options;
    const now = run.clock.date();
    this.#failingSince ??= now;
    const failing: FailingSource = {
      component,
      path,
      message: formatError(error),
      since: this.#failingSince,
      numFailures,
      retryAt: new Date(now.getTime() + pauseMs),
    };
    for (const report of this.#reports) report.freshness.fail(this, failing);
  }

  #end(): void {
    this.#operations.close();
    this.#becomeReady(undefined);
    for (const { freshness } of this.#reports) freshness.forget(this);
    this.#options.run.live.remove(this);
    for (const group of this.#groups) group.release();
    this.#ended.resolve();
  }
}

/** The stats groups around a mount, from the innermost to those around the components above. */
function* groupsAround(owner: Component, group: GroupScope | undefined): Iterable<GroupScope> {
  for (let around = group; around !== undefined; around = around.outer) yield around;
  if (owner.parent !== undefined) yield* groupsAround(owner.parent, owner.mounting.group);
}
