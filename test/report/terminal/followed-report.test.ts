import { expect } from "chai";
import { FollowedReport } from "../../../lib/report/terminal/followed-report.ts";
import { FakeClock } from "../../fake-clock.ts";
import { FakeSource } from "../fake-source.ts";

function follow() {
  const clock = new FakeClock();
  const source = new FakeSource(clock);
  const report = new FollowedReport(source, clock, 1);
  return { clock, source, report, done: report.follow() };
}

describe("FollowedReport", () => {
  it("sees how old the oldest change is, and what fails, until the report has ended", async () => {
    const { clock, done, report, source } = follow();
    const failing = { component: "feed", path: "/feed", message: "refused", since: new Date(0), numFailures: 2 };
    await source.push({
      caughtUpAt: new Date(0),
      oldestChangeAt: new Date(1000),
      failingSources: [{ ...failing, retryAt: new Date(20_000) }],
    });
    clock.advance(13_000);
    expect(report.view().freshness).to.deep.equal({
      caughtUpForMs: 13_000,
      behindMs: 12_000,
      failingSources: [{ component: "feed", path: "/feed", message: "refused", retryInMs: 7000 }],
    });
    await source.complete();
    await done;
    expect(report.view().freshness).to.deep.equal({ caughtUpForMs: null, behindMs: null, failingSources: [] });
  });

  it("takes a report for stuck only while it is in sight", async () => {
    const { clock, done, report, source } = follow();
    const oldest = { component: "doc", path: "/a", startedMs: 0, meanMs: 10 };
    await source.push({ numInProgress: 1, numQueued: 20, oldest, oldestChangeAt: new Date(0) });
    clock.advance(60_000);
    expect(report.view().stall).to.include({ path: "/a" });
    expect(report.view().remaining).to.not.equal(null);
    source.isCutOff = true;
    expect(report.view()).to.deep.include({ isCutOff: true, stall: null, remaining: null });
    expect(report.view().freshness.behindMs).to.equal(null);
    source.isCutOff = false;
    expect(report.view().stall).to.include({ path: "/a" });
    await source.complete();
    await done;
  });
});
