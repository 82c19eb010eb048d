import { checkOptions, type OptionChecks } from "../options/check-options.ts";
import { describeValue } from "../options/describe-value.ts";
import { ANYTHING } from "../options/option-check.ts";
import type { ComponentFailure, Report } from "../progress/report.ts";
import type { UpdateSnapshot, UpdateStats } from "../progress/schema/stats.ts";
import { checkWatchOptions, watchReport, type WatchOptions } from "../progress/watch.ts";
import type { Component } from "./run/component.ts";
import { currentFrame, requireFrame, type Frame } from "./run/frame.ts";
import { GroupScope } from "./run/group.ts";
import { reportInterval } from "./report-interval.ts";
import { requireOutside, selfWaitError, surroundings } from "./run/surroundings.ts";
import type { WatchEnd } from "./run/watch-ends.ts";
import { mayCountDeletes } from "./execution/sweep.ts";

/** Options of {@link statsGroup}. */
export interface StatsGroupOptions {
  /** Also prints the group's progress: `true` every 1000 ms, a number every that many milliseconds. @default false */
  readonly reportToStdout?: boolean | number;
}

const CHECKS: OptionChecks<StatsGroupOptions> = {
  // Checked by `reportInterval`.
  reportToStdout: ANYTHING,
};

/** What a stats group has counted. */
export interface StatsGroupHandle {
  readonly title: string;
  /** The counts of this moment. */
  stats(): UpdateStats | null;
  /**
   * Each change, and the last state. When the group is ready, which is once it is closed and every member is ready, the watch ends if
   * the component function, or the group's body, that called `watch` is still running: with the final snapshot or, while live members or deletions are still
   * to be counted, with one that is `"ready"` and not `final`. Otherwise the watch goes on until the final snapshot.
   *
   * @throws TidemarkError `WAITS_FOR_ITSELF` where that would wait for its own end: in a member of the group, and in the `using` block
   *   that opened it
   */
  watch(options?: WatchOptions): AsyncIterable<UpdateSnapshot<null>>;
  /** The newest 100 failures of members. */
  failures(): readonly ComponentFailure[];
}

/** A stats group that is open until the end of the block that declared it with `using`. */
export interface OpenStatsGroup extends StatsGroupHandle, Disposable {}

/**
 * Splits what is mounted inside it out of the surrounding report into one of its own. `body` may be asynchronous; its value is
 * given back. Without `body`, declare the group with `using`: it is then open until the end of the block, or of the component's function.
 *
 * The group is ready once it is closed and everything mounted in it, with all below, is ready; closing does not wait for that.
 *
 * @throws TypeError for an option that does not exist; RangeError for an interval that is not finite and greater than 0; TidemarkError
 *   `OUTSIDE_COMPONENT`
 */
export function statsGroup<T>(title: string, body: (group: StatsGroupHandle) => T): T;
export function statsGroup<T>(title: string, options: StatsGroupOptions, body: (group: StatsGroupHandle) => T): T;
export function statsGroup(title: string, options?: StatsGroupOptions): OpenStatsGroup;
export function statsGroup<T>(
  title: string,
  second?: StatsGroupOptions | ((group: StatsGroupHandle) => T),
  third?: (group: StatsGroupHandle) => T,
): T | OpenStatsGroup {
  const [options = {}, body] = typeof second === "function" ? [{}, second] : [second, third];
  if (typeof title !== "string") {
    throw new TypeError(`Cannot open a stats group: its title must be a string, got ${typeof title}`);
  }
  if (typeof second === "function" && third !== undefined) {
    throw new TypeError(
      `Cannot open stats group "${title}": the options come before the body, as in \`statsGroup(title, options, body)\`, ` +
        `got ${describeValue(third)} after the body`,
    );
  }
  checkOptions(`open stats group "${title}"`, options, CHECKS);
  if (body !== undefined && typeof body !== "function") {
    throw new TypeError(`Cannot open stats group "${title}": its body must be a function, got ${describeValue(body)}`);
  }
  const intervalMs = reportInterval(options.reportToStdout);
  const frame = requireFrame("open a stats group");
  frame.component.requireOpen("open a stats group");
  const { component, scope } = frame;
  const report = component.run.groups.open(title);
  component.body.readiness.enter();
  const outer = scope.group?.nearestOpen;
  const group: GroupScope = new GroupScope(report, outer, {
    onReady: () => {
      becomeReady(component, group);
      component.body.readiness.leave();
    },
    onEnd: () => {
      if (!component.run.isAborted) component.run.groups.complete(report);
    },
  });
  if (intervalMs !== undefined) component.run.groups.show(report, intervalMs);
  const close = (): void => group.readiness.close();
  if (body === undefined) {
    // A group that was not declared with `using` is closed by nobody else. One inside another, whose body may outlive the
    // component's function, is open as long as that one.
    (outer ?? component.body).readiness.onClose(close);
    return new OpenHandle(component, group, frame.open({ group }, `stats group "${title}"`), close);
  }
  const handle = new Handle(component, group);
  // It is begun inside the frame: what it mounts belongs to the group.
  return closeAfter(() => frame.within({ group }, () => toPromise(body(handle)) as T), close);
}

/** A group is ready: it ends now, or with its live members, or with the component where children that vanished will be counted in it. */
function becomeReady(component: Component, group: GroupScope): void {
  if (component.run.isAborted) return;
  if (mayCountDeletes(component, group.report)) component.body.endWith(group);
  if (group.isHeld) group.report.markReady();
}

/** Calls `close` when `body` has ended, its promise included. */
function closeAfter<T>(body: () => T, close: () => void): T {
  let result: T;
  try {
    result = body();
  } catch (error) {
    close();
    throw error;
  }
  if (!(result instanceof Promise)) {
    close();
    return result;
  }
  return result.finally(close) as T;
}

/** A promise for what can be awaited but is none, such as the query of a database client; else `value` itself. */
function toPromise(value: unknown): unknown {
  if (value instanceof Promise || value === null) return value;
  if (typeof value !== "object" && typeof value !== "function") return value;
  return "then" in value && typeof value.then === "function" ? Promise.resolve(value) : value;
}

/** Whether `group` is `inner`, or one around it: not ready before that. */
function isInside(inner: GroupScope | undefined, group: GroupScope): boolean {
  return inner !== undefined && (inner === group || isInside(inner.outer, group));
}

class Handle implements StatsGroupHandle {
  readonly title: string;
  readonly #component: Component;
  readonly #group: GroupScope;
  readonly #report: Report;
  /** Whether it is open until the end of a `using` block. */
  readonly #isBlock: boolean;

  constructor(component: Component, group: GroupScope, isBlock: boolean = false) {
    this.title = group.report.title ?? "";
    this.#component = component;
    this.#group = group;
    this.#report = group.report;
    this.#isBlock = isBlock;
  }

  stats(): UpdateStats {
    return this.#report.stats();
  }

  watch(options: WatchOptions = {}): AsyncIterable<UpdateSnapshot<null>> {
    checkWatchOptions(`watch stats group "${this.title}"`, options);
    if (!this.#group.readiness.isReady) this.#requireOutside();
    const frame = currentFrame();
    return watchReport<null>(this.#report, { ...options, end: frame && this.#endFor(frame) });
  }

  failures(): readonly ComponentFailure[] {
    return this.#report.failures();
  }

  #endFor({ component, scope }: Frame): WatchEnd {
    const isWithin = [...surroundings()].includes(this.#component);
    return this.#group.watchEnds.endFor({ component: component.body.readiness, group: scope.group, isWithin });
  }

  #requireOutside(): void {
    const act = `watch stats group "${this.title}"`;
    if (this.#isBlock && !this.#group.readiness.isClosed && isInside(currentFrame()?.scope.group, this.#group)) {
      throw selfWaitError(
        act,
        "the `using` block that opened it",
        "watch it after the block, or give the group a callback",
      );
    }
    requireOutside(({ mounting }) => isInside(mounting.group, this.#group), act, "watch it outside the group");
  }
}

class OpenHandle extends Handle implements OpenStatsGroup {
  readonly #leave: () => void;
  readonly #close: () => void;

  constructor(component: Component, group: GroupScope, leave: () => void, close: () => void) {
    super(component, group, true);
    this.#leave = leave;
    this.#close = close;
  }

  [Symbol.dispose](): void {
    try {
      this.#leave();
    } finally {
      this.#close();
    }
  }
}
