import { onGroup, type UpdateHandle } from "../app/handle.ts";
import { CauseTally, type FailureCause } from "../progress/failure-causes.ts";
import { NewFailures } from "../progress/new-failures.ts";
import { ownFailures } from "../progress/own-failures.ts";
import type { ComponentFailure } from "../progress/report.ts";
import type { UpdateSnapshot, UpdateStats } from "../progress/stats.ts";

/** The run, or one of its stats groups. */
export interface ObservedReport {
  /** The title of a stats group; `null` for the run's own report. */
  readonly title: string | null;
  stats(): UpdateStats | null;
  watch(): AsyncIterable<UpdateSnapshot>;
  failures(): readonly ComponentFailure[];
}

/** What is known of a run and all of its stats groups, also of those that nobody shows. */
export class RunObservation {
  /** The groups in the order in which they were opened, the run's own report last. */
  readonly #reports: ObservedReport[];
  readonly #causes = new CauseTally();
  readonly #following: Promise<void>[] = [];

  /** Starts the run. */
  constructor(handle: UpdateHandle<unknown>) {
    const run = {
      title: null,
      stats: () => handle.stats(),
      watch: () => handle.watch(),
      failures: () => ownFailures(handle),
    };
    this.#reports = [run];
    onGroup(handle, (group) => this.#add(group));
    this.#following.push(this.#follow(run));
  }

  /** Resolves when the run and all groups have ended, and everything is known. */
  async ended(): Promise<void> {
    // More may be opened until the run has ended.
    await this.#following[0];
    await Promise.all(this.#following);
  }

  get reports(): readonly ObservedReport[] {
    return this.#reports;
  }

  /** The most frequent first. */
  get causes(): readonly FailureCause[] {
    return this.#causes.causes();
  }

  get numErrors(): number {
    return this.#reports.reduce((sum, report) => sum + (report.stats()?.total.numErrors ?? 0), 0);
  }

  #add(group: ObservedReport): void {
    this.#reports.splice(-1, 0, group);
    this.#following.push(this.#follow(group));
  }

  /** A report keeps its newest failures only, so they are taken as they come. */
  async #follow(report: ObservedReport): Promise<void> {
    const news = new NewFailures();
    const take = (): void => {
      for (const failure of news.take(report.failures())) this.#causes.add(failure);
    };
    try {
      for await (const { stats } of report.watch()) if (stats.total.numErrors > news.numTaken) take();
    } catch {
      // Whoever has the result has the error.
    } finally {
      take();
    }
  }
}
