import { onGroup, type UpdateHandle } from "../../app/handle.ts";
import type { FollowableReport } from "../../progress/followable-report.ts";
import { CauseTally, type FailureCause } from "../../progress/view/failure-causes.ts";
import { NewFailures } from "../../progress/view/new-failures.ts";
import { ownReport } from "../../progress/view/own-report.ts";
import type { ComponentFailure } from "../../progress/report.ts";
import { CountTable } from "../../report/github/count-table.ts";
import { Pending } from "../../time/pending.ts";

/** What is known of a run and all of its stats groups, also of those that nobody shows. What has ended is kept as a sum. */
export class RunObservation {
  readonly #causes = new CauseTally();
  readonly #counts = new CountTable();
  readonly #onFailure: (failure: ComponentFailure) => void;
  /** Those that have not ended. */
  readonly #reports = new Set<FollowableReport>();
  readonly #following = new Pending();
  #numErrors = 0;

  /** `onFailure` is told of each failure once, unless too many came at once for a report to keep them. */
  constructor(onFailure: (failure: ComponentFailure) => void = () => {}) {
    this.#onFailure = onFailure;
  }

  /** Starts the run, and observes it with all of its groups. */
  start(handle: UpdateHandle<unknown>): void {
    onGroup(handle, (group) => this.add(group));
    this.add(ownReport(handle));
  }

  /** Observes a report until it has ended. */
  add(report: FollowableReport): void {
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
  async #follow(report: FollowableReport): Promise<void> {
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
