import { expect } from "chai";
import type { StartedExecution } from "../../lib/progress/activity.ts";
import { AttributeBounds } from "../../lib/progress/export/attribute-bounds.ts";
import { Report } from "../../lib/progress/report.ts";
import type { OldestInProgress } from "../../lib/progress/schema/stats.ts";
import { countsOf } from "../counts.ts";
import { FakeClock } from "../fake-clock.ts";

describe("Activity", () => {
  let clock: FakeClock;
  let report: Report;

  beforeEach(() => {
    clock = new FakeClock();
    report = createReport();
  });

  function createReport(touch: () => void = () => {}): Report {
    return new Report({ id: "1", app: "app", title: null, clock, touch, bounds: new AttributeBounds("app") });
  }

  describe("listing", () => {
    const isListing = (): boolean => {
      report.notify();
      return report.snapshot().isListing;
    };

    it("lasts as long as anything that was opened", () => {
      report.openListing();
      report.openListing();
      report.closeListing();
      expect(isListing()).to.equal(true);
      report.closeListing();
      expect(isListing()).to.equal(false);
    });

    it("lasts while a function runs that has not returned before", () => {
      const cell = report.cell("doc");
      cell.enterBody();
      expect(isListing()).to.equal(true);
      cell.leaveBody(false);
      expect(isListing()).to.equal(false);
      cell.enterBody();
      cell.enqueue();
      expect(isListing(), "it mounts nothing, as is known by now").to.equal(false);
    });

    it("lasts while a function that mounts runs, or waits for a slot", () => {
      const cell = report.cell("folder");
      cell.enterBody();
      cell.leaveBody(true);
      expect(isListing()).to.equal(false);
      cell.enqueue();
      expect(isListing()).to.equal(true);
      cell.dequeue();
      cell.enterBody();
      expect(isListing()).to.equal(true);
      cell.leaveBody(false);
      expect(isListing()).to.equal(false);
    });

    it("lasts while a function waits for its first slot", () => {
      report.cell("doc").enqueue();
      expect(isListing()).to.equal(true);
    });

    it("has ended in the final snapshot", () => {
      report.openListing();
      report.complete(null);
      expect(report.snapshot().isListing).to.equal(false);
    });

    it("has watchers look again when it ends, once anything has been counted", () => {
      let numTouches = 0;
      report = createReport(() => void numTouches++);
      report.openListing();
      report.closeListing();
      expect(numTouches, "an empty report").to.equal(0);
      report.notify();
      report.openListing();
      report.closeListing();
      expect(numTouches).to.equal(1);
    });
  });

  describe("oldest", () => {
    const start = (component: string, path: string): StartedExecution => {
      return report.activity.start({ cell: report.cell(component), path, isWaiting: false });
    };
    const oldest = (): OldestInProgress | null => {
      report.notify();
      return report.snapshot().oldest;
    };

    it("is the execution in progress that started first, without those that wait for others", () => {
      clock.advance(100);
      report = createReport();
      clock.advance(5);
      const folder = { cell: report.cell("folder"), path: "/a", isWaiting: false };
      report.activity.start(folder);
      clock.advance(10);
      const first = start("doc", "/a/1");
      start("doc", "/a/2");
      expect(oldest()).to.deep.equal({ component: "folder", path: "/a", startedMs: 5, meanMs: null });
      folder.isWaiting = true;
      expect(oldest()).to.deep.equal({ component: "doc", path: "/a/1", startedMs: 15, meanMs: null });
      expect(oldest()).to.satisfy(Object.isFrozen);
      report.activity.finish(first, "adds");
      expect(oldest()?.path).to.equal("/a/2");
    });

    it("has the mean time of finished executions, without memo hits, deletes and cancelled ones", () => {
      const [slow, quick, deleted, cancelled] = ["/1", "/2", "/3", "/4"].map((path) => start("doc", path));
      clock.advance(10);
      report.activity.finish(quick!, "errors");
      clock.advance(20);
      report.activity.finish(slow!, "adds");
      clock.advance(1000);
      report.activity.finish(deleted!, "deletes");
      report.activity.cancel(cancelled!);
      report.cell("doc").hit();
      start("doc", "/5");
      expect(oldest()).to.deep.equal({ component: "doc", path: "/5", startedMs: 1030, meanMs: 20 });
    });

    it("is none when nothing is in progress, or the report has ended", () => {
      expect(oldest()).to.equal(null);
      report.activity.cancel(start("doc", "/1"));
      expect(oldest()).to.equal(null);
      start("doc", "/2");
      report.complete(null);
      expect(report.snapshot().oldest).to.equal(null);
    });

    it("counts starts and ends as it follows them", () => {
      const [one, two] = [start("doc", "/1"), start("doc", "/2")];
      report.activity.finish(one, "reprocesses");
      report.activity.cancel(two);
      expect(countsOf(report.stats().total)).to.deep.equal({ starts: 1, reprocesses: 1 });
    });
  });
});
