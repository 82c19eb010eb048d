import type { UpdateRecord } from "../../progress/record/update-record.ts";
import type { ReportEvent } from "../../serve/client/report-event.ts";
import type { Clock } from "../../time/clock.ts";
import { systemClock } from "../../time/system-clock.ts";
import { Pending } from "../../time/pending.ts";
import { RemoteReport, reviveSnapshot } from "./remote-report.ts";

/** What is new of a report. */
type ReportNews = Pick<ReportEvent, "group" | "groupIndex" | "startedAt" | "error"> & UpdateRecord["snapshot"];

/** A server names fewer groups that have ended: of those below the newest of these there is no news any more. */
const MAX_ENDED = 2000;

/** An update of another process, from its records and events. Of groups that have ended, their errors are kept as a sum. */
export class RemoteUpdate {
  readonly app: string;
  readonly #show: (report: RemoteReport) => Promise<void>;
  readonly #clock: Clock;
  /** By their place among the groups; the run's own report is at -1. Those that have ended are not there. */
  readonly #reports = new Map<number, RemoteReport>();
  readonly #ended = new Set<number>();
  readonly #showing = new Pending();
  #numErrors = 0;

  /** `show` shows a report; its promise is resolved when the end has been shown. */
  constructor(app: string, show: (report: RemoteReport) => Promise<void>, clock: Clock = systemClock) {
    this.app = app;
    this.#show = show;
    this.#clock = clock;
  }

  /** The failures that have been counted. */
  get numErrors(): number {
    return [...this.#reports.values()].reduce((sum, report) => sum + report.numErrors, this.#numErrors);
  }

  /** Takes all that is known; `skewMs` is what the clock by which it is dated is ahead of this one. */
  takeRecord(record: UpdateRecord, skewMs: number): void {
    const { endedAt, error, failures, groups, snapshot, startedAt } = record;
    for (const group of groups) {
      this.take({ group: group.title, groupIndex: group.index, startedAt: group.startedAt, ...group.snapshot }, skewMs);
    }
    // Known before the end is: who shows it asks for them then.
    this.#takeFailures(failures);
    this.take({ group: null, groupIndex: null, startedAt, ...snapshot, ...(error !== null && { error }) }, skewMs);
    // The server has forgotten a group whose end has not been seen, or had not told of it before the connection was lost.
    for (const report of this.#reports.values()) if (endedAt !== null || report.isCutOff) report.finish();
  }

  /** Takes an event. */
  take(news: ReportNews, skewMs: number): void {
    const report = this.#report(news.groupIndex ?? -1, news);
    if (report === undefined) return;
    const elapsedMs = news.final ? news.elapsedMs : Math.max(news.elapsedMs, this.#ageOf(report, news, skewMs));
    report.take({ ...reviveSnapshot(news, skewMs), elapsedMs }, news.error);
  }

  /** News cannot arrive until the next record is taken. */
  cutOff(): void {
    for (const report of this.#reports.values()) report.isCutOff = true;
  }

  /** It is over, though its end has not been seen. */
  abandon(error: Error): void {
    for (const report of this.#reports.values()) report.abandon(error);
  }

  /** Resolves when the ends of all reports have been shown. */
  shown(): Promise<void> {
    return this.#showing.settled();
  }

  /** The age of a report, which may have been unchanged for a while. The dates count only when it is first seen: they may be set later. */
  #ageOf(report: RemoteReport, { elapsedMs, startedAt }: ReportNews, skewMs: number): number {
    const now = this.#clock.now();
    report.startedMs ??= now - Math.max(elapsedMs, this.#clock.date().getTime() + skewMs - Date.parse(startedAt));
    return now - report.startedMs;
  }

  #takeFailures(failures: UpdateRecord["failures"]): void {
    const titles = new Set<string | null>();
    for (const [, report] of [...this.#reports].toSorted(([one], [other]) => one - other)) {
      report.takeFailures(failures, !titles.has(report.title));
      titles.add(report.title);
    }
  }

  /** `undefined` for one whose end has been shown. */
  #report(place: number, { group, groupIndex, startedAt }: ReportNews): RemoteReport | undefined {
    const existing = this.#reports.get(place);
    if (existing !== undefined || this.#ended.has(place)) return existing;
    const report = new RemoteReport({ app: this.app, title: group, groupIndex, startedAt });
    this.#reports.set(place, report);
    this.#showing.add(this.#follow(place, report));
    return report;
  }

  async #follow(place: number, report: RemoteReport): Promise<void> {
    // Who shows nothing does not wait for the end.
    await Promise.all([this.#show(report), report.ended]);
    this.#reports.delete(place);
    this.#numErrors += report.numErrors;
    this.#ended.add(place);
    if (this.#ended.size <= MAX_ENDED) return;
    const oldest = [...this.#ended].toSorted((one, other) => one - other).slice(0, MAX_ENDED / 2);
    for (const old of oldest) if (old >= 0) this.#ended.delete(old);
  }
}
