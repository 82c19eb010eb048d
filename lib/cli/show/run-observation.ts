import { onGroup, type UpdateHandle } from "../../app/handle.ts";
import { CauseTally, type FailureCause } from "../../progress/view/failure-causes.ts";
import { NewFailures } from "../../progress/view/new-failures.ts";
import { ownFailures } from "../../progress/view/own-failures.ts";
import type { ComponentFailure } from "../../progress/report.ts";
import type { UpdateSnapshot, UpdateStats } from "../../progress/schema/stats.ts";
import { CountTable } from "../../report/github/count-table.ts";
import { Pending } from "../../time/pending.ts";

/** The run, or one of its stats groups. */
export interface ObservedReport {
  /** The title of a stats group; `null` for the run's own report. */
  readonly title: string | null;
  stats(): UpdateStats | null;
  watch(): AsyncIterable<UpdateSnapshot>;
  failures(): readonly ComponentFailure[];
}

/** What is known of a run and all of its stats groups, also of those that nobody shows. What has ended is kept as a sum. */
export class RunObservation {
  readonly #causes = new CauseTally();
  readonly #counts = new CountTable();
  readonly #onFailure: (failure: ComponentFailure) => void;
  /** Those that have not ended. */
  readonly #reports = new Set<ObservedReport>();
  readonly #following = new Pending();
  #numErrors = 0;

  /** `onFailure` is told of each failure once, unless too many came at once for a report to keep them. */
  constructor(onFailure: (failure: ComponentFailure) => void = () => {}) {
    this.#onFailure = onFailure;
  }

  /** Starts the run, and observes it with all of its groups. */
  start(handle: UpdateHandle<unknown>): void {
    onGroup(handle, (group) => this.add(group));
    this.add({
      title: null,
      stats: () => handle.stats(),
      watch: () => handle.watch(),
      failures: () => ownFailures(handle),
    });
  }

  /** Observes a report until it has ended. */
  add(report: ObservedReport): void {
    this.#reports.add(report);
    this.#following.add(this.#follow(report));
  }

  /** Resolves when all have ended, and everything is known. */
  ended(): Promise<void> {
    return this.#following.settled();
  }

  /** What those have counted that have ended. */
  get counts(): Pick<CountTable, "rows" | "rest"> {
    return this.#counts;
  }

  /** The most frequent first. */
  get causes(): readonly FailureCause[] {
    return this.#causes.causes();
  }

  get numErrors(): number {
    const numOfOthers = [...this.#reports].reduce((sum, report) => sum + (report.stats()?.total.numErrors ?? 0), 0);
    return this.#numErrors + numOfOthers;
  }

  /** A report keeps its newest failures only, so they are taken as they come. */
  async #follow(report: ObservedReport): Promise<void> {
    const news = new NewFailures();
    const take = (): void => {
      for (const failure of news.take(report.failures())) {
        this.#causes.add(failure);
        this.#onFailure(failure);
      }
    };
    try {
      for await (const { stats } of report.watch()) if (stats.total.numErrors > news.numTaken) take();
    } catch {
      // Whoever has the result has the error.
    }
    take();
    this.#reports.delete(report);
    const stats = report.stats();
    if (stats === null) return;
    this.#numErrors += stats.total.numErrors;
    this.#counts.add(report.title, stats);
  }
}
