import type { GroupReports } from "../engine/run/run.ts";
import { toFollowable } from "../progress/followable-report.ts";
import type { Notice } from "../progress/notices.ts";
import { processTally } from "../progress/process-tally.ts";
import type { Report } from "../progress/report.ts";
import type { StdoutReporter } from "../report/terminal/stdout-reporter.ts";
import type { AbortGrace } from "../time/abort-grace.ts";
import { Pending } from "../time/pending.ts";
import type { RunAccount } from "./run-account.ts";
import type { RunObserver } from "./run-observer.ts";
import type { RunOutcome } from "./run-outcome.ts";

/** Options of {@link RunReports}. */
export interface RunReportsOptions {
  /** The report of the whole run. */
  readonly own: Report;
  readonly account: Pick<RunAccount, "openGroup">;
  readonly observer: Pick<RunObserver, "groupOpened">;
  readonly reporter: StdoutReporter;
  /** Takes the notices that no display shows. */
  readonly noticeLog: (notice: Notice) => void;
  /** The grace of reporters, such as one whose stream nobody reads. */
  readonly printing: Pick<AbortGrace, "wait">;
  /** Decided when the reports are disposed of. */
  readonly outcome: RunOutcome<unknown>;
}

/** The report of a run and the reports of its stats groups, until all of them have ended and their last blocks are printed. */
export class RunReports implements GroupReports, AsyncDisposable {
  readonly own: Report;
  readonly #options: RunReportsOptions;
  readonly #openGroups = new Set<Report>();
  /** The reports whose notices a display may show. */
  readonly #shown = new Set<Report>();
  /** The closing and the printing of reports. */
  readonly #pending = new Pending();

  constructor(options: RunReportsOptions) {
    this.own = options.own;
    this.#options = options;
    this.#logNotices(this.own);
  }

  open(title: string): Report {
    const report = this.#options.account.openGroup(title);
    this.#openGroups.add(report);
    this.#logNotices(report);
    this.#options.observer.groupOpened(toFollowable(report));
    return report;
  }

  show(report: Report, intervalMs: number): void {
    this.#shown.add(report);
    this.#pending.add(this.#print(report, intervalMs));
  }

  complete(report: Report): void {
    this.#openGroups.delete(report);
    report.complete(null);
    this.#pending.add(processTally.close(report));
  }

  /** Completes the reports of all groups that are open: their members were given up. */
  completeGroups(): void {
    for (const group of this.#openGroups) this.complete(group);
  }

  /** Ends the reports as the outcome says. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { outcome } = this.#options;
    if (outcome.status !== "ready") return this.#end(() => this.#fail());
    try {
      await outcome.attempt(() => this.#end(() => this.own.complete(outcome.value)));
    } catch (error) {
      await this.#end(() => this.#fail());
      throw error;
    }
  }

  async #print(report: Report, intervalMs: number): Promise<void> {
    await this.#options.reporter(toFollowable(report), { intervalMs });
    if (report.notices.isShown) return;
    // In quiet mode, and as JSON.
    this.#shown.delete(report);
    for (const notice of report.notices.values()) this.#options.noticeLog(notice);
  }

  /** Logs the notices of a report that no display shows, as they come. */
  #logNotices(report: Report): void {
    const { notices } = report;
    notices.onAdd = (notice) => {
      if (!notices.isShown && !this.#shown.has(report)) this.#options.noticeLog(notice);
    };
  }

  #fail(): void {
    const error = this.#options.outcome.failure?.error;
    for (const report of [...this.#openGroups, this.own]) report.fail(error);
  }

  /** All counts are handed over before the reports end, and the reporters have printed before a run ends that is not aborted. */
  async #end(endReports: () => void): Promise<void> {
    await processTally.flush();
    endReports();
    await Promise.all([this.own, ...this.#openGroups].map((report) => processTally.close(report)));
    await this.#options.printing.wait(() => this.#pending.settled()).catch(() => {});
  }
}
