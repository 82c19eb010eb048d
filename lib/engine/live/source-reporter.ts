import type { PendingChange } from "../../progress/freshness.ts";
import type { Report } from "../../progress/report.ts";
import type { FailingSource } from "../../progress/schema/stats.ts";
import { formatError } from "../../text/error-text.ts";
import type { Component } from "../run/component.ts";
import { handleException, type ExceptionHandler } from "../run/exceptions.ts";
import type { GroupScope } from "../run/group.ts";
import type { Failure } from "./failure.ts";

/** Options of {@link SourceReporter}. */
export interface SourceReporterOptions {
  /** The component that has mounted the source. */
  readonly owner: Component;
  /** The stats group around the mount. */
  readonly group: GroupScope | undefined;
  readonly handlers: readonly ExceptionHandler[];
  /** The name of the source in counts and failures. */
  readonly name: string;
  /** The path of the source, as text. */
  readonly path: string;
}

/** The changes and failures of one live source in the reports that it belongs to: its stats groups' and the run's. */
export class SourceReporter {
  readonly #options: SourceReporterOptions;
  readonly #groups: readonly GroupScope[];
  /** From the innermost report to the run's. */
  readonly #reports: readonly Report[];
  #failingSince: Date | undefined;

  constructor(options: SourceReporterOptions) {
    const { group, owner } = options;
    this.#options = options;
    this.#groups = [...groupsAround(owner, group)];
    this.#reports = [...this.#groups.map(({ report }) => report), owner.run.report];
  }

  /** Keeps the stats groups from ending before {@link release}. */
  hold(): void {
    for (const group of this.#groups) group.hold();
  }

  /** Lets the stats groups end. */
  release(): void {
    for (const group of this.#groups) group.release();
  }

  /** Counts and records a failure and hands it to the exception handlers; returns the failure that they have not swallowed. */
  async reportFailure(error: unknown): Promise<Failure | undefined> {
    const { handlers, name: component, owner, path } = this.#options;
    const { run } = owner;
    if (run.isAborted) return undefined;
    const report = this.#reports[0]!;
    const cell = report.cell(component);
    cell.start();
    cell.finish("errors");
    report.recordFailure({ component, path, error });
    const place = { environment: run.environmentName, component, path, parentPath: owner.path };
    try {
      await handleException(handlers, error, { ...place, mountKind: "live" }, run.grace);
      return undefined;
    } catch (thrown) {
      return { error: thrown };
    }
  }

  /** Adds a change: the reports are not current before it is applied or given up. */
  addChange(change: PendingChange): void {
    for (const { freshness } of this.#reports) freshness.add(change);
  }

  /** Removes a change that is applied, or given up because it failed or the source has ended. */
  removeChange(change: PendingChange, isApplied: boolean): void {
    for (const { freshness } of this.#reports) {
      if (isApplied) freshness.remove(change);
      else freshness.giveUp(change);
    }
  }

  /** Marks the source as failing, with its next attempt after `pauseMs`. */
  markFailing(error: unknown, numFailures: number, pauseMs: number): void {
    const { name: component, owner, path } = this.#options;
    const now = owner.run.clock.date();
    this.#failingSince ??= now;
    const failing: FailingSource = {
      component,
      path,
      message: formatError(error),
      since: this.#failingSince,
      numFailures,
      retryAt: new Date(now.getTime() + pauseMs),
    };
    for (const { freshness } of this.#reports) freshness.fail(this, failing);
  }

  /** Marks the source as recovered. */
  markRecovered(): void {
    this.#failingSince = undefined;
    for (const { freshness } of this.#reports) freshness.recover(this);
  }

  /** Removes the mark of a source that has ended while it was failing. */
  forgetFailing(): void {
    for (const { freshness } of this.#reports) freshness.forget(this);
  }
}

/** The stats groups around a mount, from the innermost to those around the components above. */
function* groupsAround(owner: Component, group: GroupScope | undefined): Iterable<GroupScope> {
  for (let around = group; around !== undefined; around = around.outer) yield around;
  if (owner.parent !== undefined) yield* groupsAround(owner.parent, owner.mounting.group);
}
