import { expect } from "chai";
import { AttributeBounds } from "../../../lib/progress/export/attribute-bounds.ts";
import type { LoggedUpdate } from "../../../lib/progress/record/logged-update.ts";
import { Report } from "../../../lib/progress/report.ts";
import { MAX_ENDED_UPDATES, UpdateLog } from "../../../lib/progress/record/update-log.ts";
import { numGroupsOf, totalOf } from "../../../lib/progress/record/update-record.ts";
import { FakeClock } from "../../fake-clock.ts";

describe("UpdateLog", () => {
  let clock: FakeClock;
  let log: UpdateLog;

  beforeEach(() => {
    clock = new FakeClock();
    log = new UpdateLog();
  });

  function createReport(title: string | null = null): Report {
    return new Report({ id: "1", app: "app", title, clock, touch: () => {}, bounds: new AttributeBounds("app") });
  }

  function begin(app: string, report: Report = createReport()): LoggedUpdate {
    return log.begin({ app, kind: "update", environment: {}, report, clock });
  }

  function end(update: LoggedUpdate): void {
    for (const { report } of update.reports) report.complete(null);
    update.end({ status: "ready" });
  }

  it("lists the newest first, and finds them by their ids", () => {
    const [one, two] = [begin("one"), begin("two")];
    expect(log.updates).to.deep.equal([two, one]);
    expect(one.id).not.to.equal(two.id);
    expect(log.find(one.id)).to.equal(one);
    expect(log.find("other")).to.equal(undefined);
  });

  it("keeps all that run, and the newest that have ended", () => {
    const running = begin("running");
    const ended = Array.from({ length: MAX_ENDED_UPDATES + 3 }, (_, index) => begin(`app ${index}`));
    for (const update of ended) end(update);
    expect(log.updates).to.deep.equal([...ended.slice(3).toReversed(), running]);
  });

  it("tells who listens of each beginning and end, until they leave", () => {
    const told: string[] = [];
    const leave = log.onChange(({ app, isRunning }) => told.push(`${app} ${isRunning ? "began" : "ended"}`));
    const update = begin("one");
    end(update);
    update.end({ status: "failed" });
    leave();
    begin("two");
    expect(told).to.deep.equal(["one began", "one ended"]);
  });

  describe("a record", () => {
    it("of an update that runs shows the moment", () => {
      const report = createReport();
      const update = begin("app", report);
      report.cell("doc").hit();
      report.notify();
      clock.advance(1500);
      const group = createReport("docs");
      update.addGroup(group);
      const record = update.record();
      expect(record).to.deep.include({
        app: "app",
        kind: "update",
        status: "running",
        endedAt: null,
        error: null,
        failures: [],
      });
      expect(record.startedAt).to.equal("1970-01-01T00:00:00.000Z");
      expect(record.snapshot.stats.total.numUnchanged).to.equal(1);
      expect(record.groups).to.have.length(1);
      expect(record.groups[0]).to.deep.include({ title: "docs", startedAt: "1970-01-01T00:00:01.500Z" });
    });

    it("stays as it was at the end, and the reports are let go", () => {
      const report = createReport();
      const update = begin("app", report);
      report.complete({ pages: 3n });
      clock.advance(10);
      const record = update.end({ status: "ready" });
      expect(record).to.include({ status: "ready", endedAt: "1970-01-01T00:00:00.010Z" });
      expect(record.snapshot).to.deep.include({ final: true, result: { pages: "3" } });
      expect(update.record()).to.equal(record);
      expect(update.reports).to.deep.equal([]);
    });

    it("lasts as long as it took, and has groups begin in it, though the clock was set meanwhile", () => {
      for (const shiftMs of [-3_600_000, 365 * 86_400_000]) {
        const update = begin("app");
        clock.shiftDate(shiftMs);
        clock.advance(10);
        update.addGroup(createReport("docs"));
        clock.advance(10);
        const { endedAt, groups, startedAt } = update.end({ status: "ready" });
        const startedMs = Date.parse(startedAt);
        expect([Date.parse(endedAt!) - startedMs, Date.parse(groups[0]!.startedAt) - startedMs]).to.deep.equal([
          20, 10,
        ]);
      }
    });

    it("has the newest hundred failures in the order in which they happened, though the clock was set back", () => {
      const [report, group] = [createReport(), createReport("docs")];
      const update = begin("app", report);
      update.addGroup(group);
      for (let index = 0; index < 120; index++) {
        clock.shiftDate(-1000);
        const failing = index % 2 === 0 ? report : group;
        failing.recordFailure({ component: "doc", path: `/${index}`, error: new Error("boom") });
      }
      const { failures } = update.end({ status: "ready" });
      expect(failures.map(({ groupIndex, path }) => [path, groupIndex])).to.deep.equal(
        Array.from({ length: 100 }, (_, index) => [`/${index + 20}`, index % 2 === 0 ? null : 0]),
      );
    });

    it("of a run that failed has the error, and its last counts as final", () => {
      const report = createReport();
      const update = begin("app", report);
      report.openListing();
      report.cell("doc").start();
      report.notify();
      const error = new RangeError("boom");
      report.fail(error);
      const record = update.end({ status: "failed", error });
      expect(record.status).to.equal("failed");
      expect(record.error).to.include({ name: "RangeError", message: "boom" });
      expect(record.snapshot).to.include({ final: true, isListing: false, oldest: null });
      expect(record.snapshot.stats.total.numExecutionStarts).to.equal(1);
    });

    it("of more groups than it lists has all that they have counted, and the newest failures (bug: only a thousand counted)", () => {
      const update = begin("app");
      const running = createReport("running");
      update.addGroup(running);
      for (let index = 0; index < 1200; index++) {
        clock.advance(1);
        const group = createReport(`group ${index}`);
        update.addGroup(group);
        group.cell("doc").hit();
        if (index % 10 === 0) group.recordFailure({ component: "doc", path: `/${index}`, error: new Error("boom") });
        group.complete(null);
      }
      for (const record of [update.record(), update.end({ status: "ready" }), update.record()]) {
        expect(totalOf(record).numUnchanged).to.equal(1200);
        expect(numGroupsOf(record)).to.equal(1201);
        expect(record.groups).to.have.length(999);
        expect(record.groups[0]!.title, "one that runs is kept").to.equal("running");
        expect(record.failures.map(({ path }) => path)).to.deep.equal(
          Array.from({ length: 100 }, (_, index) => `/${(index + 20) * 10}`),
        );
      }
    });

    it("has the newest hundred failures of all reports, in the order of time", () => {
      const [report, group] = [createReport(), createReport("docs")];
      const update = begin("app", report);
      update.addGroup(group);
      for (let index = 0; index < 120; index++) {
        clock.advance(1);
        (index % 2 === 0 ? report : group).recordFailure({
          component: "doc",
          path: `/${index}`,
          error: new Error("boom"),
        });
      }
      const { failures } = update.record();
      expect(failures.map(({ path }) => path)).to.deep.equal(
        Array.from({ length: 100 }, (_, index) => `/${index + 20}`),
      );
      expect(failures.map(({ group: title }) => title).slice(0, 2)).to.deep.equal([null, "docs"]);
    });
  });
});
