import { expect } from "chai";
import { FollowedReport } from "../../../lib/report/terminal/followed-report.ts";
import { FakeClock } from "../../fake-clock.ts";
import { FakeSource } from "../fake-source.ts";

function follow(intervalMs = 1) {
  const clock = new FakeClock();
  const source = new FakeSource(clock);
  const report = new FollowedReport(source, clock, intervalMs);
  return { clock, source, report, done: report.follow() };
}

describe("FollowedReport", () => {
  it("has the age of the oldest change and the failing sources until the report has ended", async () => {
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

  it("is as current as the counts beside it say (a bug once: caught up, with components in progress)", async () => {
    const { clock, done, report, source } = follow(1000);
    await source.push({ numInProgress: 3, oldestChangeAt: new Date(0), status: "running" });
    clock.advance(100);
    expect(report.view()).to.deep.include({ isReady: false });
    await source.push({ caughtUpAt: new Date(100), oldestChangeAt: null, status: "ready" });
    clock.advance(100);
    const early = report.view();
    expect([early.isReady, early.freshness.behindMs, early.freshness.caughtUpForMs]).to.deep.equal([false, 200, null]);
    clock.advance(1000);
    const late = report.view();
    expect([late.isReady, late.freshness.behindMs, late.freshness.caughtUpForMs]).to.deep.equal([true, null, 1100]);
    await source.complete();
    await done;
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
