import type { UpdateRecord } from "../progress/update-record.ts";
import type { ReportEvent } from "../serve/report-event.ts";
import { RemoteReport } from "./remote-report.ts";

/** What is new of a report. */
type ReportNews = Pick<ReportEvent, "group" | "groupIndex" | "startedAt" | "error"> & UpdateRecord["snapshot"];

/** An update of another process, from its records and events. */
export class RemoteUpdate {
  readonly app: string;
  readonly #show: (report: RemoteReport) => Promise<void>;
  /** By their place among the groups; the run's own report is at -1. */
  readonly #reports = new Map<number, RemoteReport>();
  readonly #shown: Promise<void>[] = [];

  /** `show` shows a report; its promise is resolved when the end has been shown. */
  constructor(app: string, show: (report: RemoteReport) => Promise<void>) {
    this.app = app;
    this.#show = show;
  }

  /** The failures that have been counted. */
  get numErrors(): number {
    return [...this.#reports.values()].reduce((sum, { latest }) => sum + (latest?.stats.total.numErrors ?? 0), 0);
  }

  /** Takes all that is known at `nowMs`, a time of the clock by which it is dated. */
  takeRecord({ error, failures, groups, snapshot, startedAt }: UpdateRecord, nowMs: number): void {
    const places = new Set(groups.map(({ index }) => index));
    for (const [place, report] of this.#reports) if (place >= 0 && !places.has(place)) report.settle();
    for (const group of groups) {
      this.take({ group: group.title, groupIndex: group.index, startedAt: group.startedAt, ...group.snapshot }, nowMs);
    }
    // Known before the end is: who shows it asks for them then.
    this.#takeFailures(failures);
    this.take({ group: null, groupIndex: null, startedAt, ...snapshot, ...(error !== null && { error }) }, nowMs);
  }

  /** Takes an event. */
  take(news: ReportNews, nowMs: number): void {
    const place = news.groupIndex ?? -1;
    // What has not changed for a while is as old as its report, not as its last change.
    const ageMs = nowMs - Date.parse(news.startedAt);
    const elapsedMs = news.final ? news.elapsedMs : Math.max(news.elapsedMs, ageMs);
    this.#report(place, news.group).take({ ...news, elapsedMs }, news.error);
  }

  /** It is over, though its end has not been seen. */
  abandon(error: Error): void {
    for (const report of this.#reports.values()) report.abandon(error);
  }

  /** Resolves when the ends of all reports have been shown. */
  async shown(): Promise<void> {
    await Promise.all(this.#shown);
  }

  #takeFailures(failures: UpdateRecord["failures"]): void {
    const titles = new Set<string | null>();
    for (const [, report] of [...this.#reports].toSorted(([one], [other]) => one - other)) {
      // Of reports with one title it is not known which one a failure is of.
      if (!titles.has(report.title)) report.takeFailures(failures.filter(({ group }) => group === report.title));
      titles.add(report.title);
    }
  }

  #report(place: number, title: string | null): RemoteReport {
    let report = this.#reports.get(place);
    if (report === undefined) {
      report = new RemoteReport(this.app, title);
      this.#reports.set(place, report);
      this.#shown.push(this.#show(report));
    }
    return report;
  }
}
