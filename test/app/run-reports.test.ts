import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import { RunOutcome } from "../../lib/app/run-outcome.ts";
import { RunReports } from "../../lib/app/run-reports.ts";
import { processTally } from "../../lib/progress/process-tally.ts";
import type { Report } from "../../lib/progress/report.ts";
import { ABORT_GRACE_MS, AbortGrace } from "../../lib/time/abort-grace.ts";
import { FakeClock } from "../fake-clock.ts";
import { failureOf } from "../state/failure-of.ts";

describe("RunReports", () => {
  const open = (title: string | null): Report => processTally.open({ app: "a", title });
  let outcome: RunOutcome<string>;
  let log: string[];
  let printing: PromiseWithResolvers<void>;
  let clock: FakeClock;
  let grace: AbortGrace;
  let reports: RunReports;

  beforeEach(() => {
    outcome = new RunOutcome(new AbortController().signal);
    log = [];
    printing = Promise.withResolvers();
    clock = new FakeClock();
    grace = new AbortGrace(clock);
    reports = new RunReports({
      own: open(null),
      account: { openGroup: open },
      observer: { groupOpened: ({ title }) => void log.push(`opened ${title}`) },
      reporter: ({ title }, { intervalMs }) => {
        log.push(`printing ${title} every ${intervalMs} ms`);
        return printing.promise;
      },
      noticeLog: ({ message }) => void log.push(`logged ${message}`),
      printing: grace,
      outcome,
    });
  });

  it("has the observer and the reporter follow a group", () => {
    reports.show(reports.open("Docs"), 50);
    expect(log).to.deep.equal(["opened Docs", "printing Docs every 50 ms"]);
    printing.resolve();
  });

  it("completes the report of a run that has succeeded, and leaves the ends of its groups alone", async () => {
    const [ended, left] = [reports.open("Docs"), reports.open("Code")];
    reports.complete(ended);
    await outcome.decide(async () => "value");
    await reports[Symbol.asyncDispose]();
    expect(reports.own.snapshot()).to.include({ final: true, result: "value" });
    expect(ended.end).to.equal("done");
    expect(left.end).to.equal(undefined);
  });

  it("fails the report of a run that has failed, and its open groups", async () => {
    const [ended, left] = [reports.open("Docs"), reports.open("Code")];
    reports.complete(ended);
    const boom = new Error("boom");
    await failureOf(outcome.decide(() => Promise.reject(boom)));
    await reports[Symbol.asyncDispose]();
    expect(reports.own.end).to.deep.equal({ error: boom });
    expect(left.end).to.deep.equal({ error: boom });
    expect(ended.end).to.equal("done");
  });

  it("has ended without a reporter that does not end, such as one with a blocked stream, after the grace of an abort", async () => {
    const reason = new Error("enough");
    reports.show(reports.own, 50);
    await failureOf(outcome.decide(() => Promise.reject(reason)));
    const ending = reports[Symbol.asyncDispose]();
    grace.abort(reason);
    while (reports.own.end === undefined) await turn();
    clock.advance(ABORT_GRACE_MS);
    await ending;
    expect(reports.own.end).to.deep.equal({ error: reason });
  });

  describe("with notices", () => {
    const note = (report: Report, path: string): void =>
      report.notices.add({ code: "SOURCE_EMPTIED", message: path, path });

    it("logs the notices of a report that is not printed, as they come", () => {
      note(reports.own, "/a");
      note(reports.open("Docs"), "/b");
      expect(log).to.deep.equal(["logged /a", "opened Docs", "logged /b"]);
    });

    it("leaves the notices of a printed report to its display", async () => {
      reports.show(reports.own, 50);
      reports.own.notices.markShown();
      note(reports.own, "/a");
      printing.resolve();
      await outcome.decide(async () => "value");
      await reports[Symbol.asyncDispose]();
      expect(log).to.deep.equal(["printing null every 50 ms"]);
    });

    it("logs those of a report that was to be printed and was not, as in quiet mode", async () => {
      reports.show(reports.own, 50);
      note(reports.own, "/a");
      printing.resolve();
      await turn();
      note(reports.own, "/b");
      expect(log).to.deep.equal(["printing null every 50 ms", "logged /a", "logged /b"]);
    });
  });

  it("has ended when everything is printed", async () => {
    reports.show(reports.own, 50);
    await outcome.decide(async () => "value");
    const ended = reports[Symbol.asyncDispose]().then(() => log.push("ended"));
    while (reports.own.end === undefined) await turn();
    for (let times = 0; times < 5; times++) await turn();
    expect(log).to.deep.equal(["printing null every 50 ms"]);
    printing.resolve();
    await ended;
    expect(log.at(-1)).to.equal("ended");
  });
});
