import { expect } from "chai";
import { AttributeBounds } from "../../lib/progress/export/attribute-bounds.ts";
import { MAX_FAILURES, Report } from "../../lib/progress/report.ts";
import type { UpdateSnapshot } from "../../lib/progress/schema/stats.ts";
import { FakeClock } from "../fake-clock.ts";

describe("Report", () => {
  let clock: FakeClock;
  let report: Report;

  beforeEach(() => {
    clock = new FakeClock();
    report = createReport();
  });

  function createReport(title: string | null = null): Report {
    const bounds = new AttributeBounds("app");
    return new Report({ id: "1", app: "app", title, clock, touch: () => {}, bounds });
  }

  describe("stats", () => {
    it("are empty before anything counts", () => {
      const { byComponent, total } = report.stats();
      expect(Object.keys(byComponent)).to.deep.equal([]);
      expect(total.numExecutionStarts).to.equal(0);
    });

    it("leave out components that have counted nothing (bug: a row of zeros)", () => {
      report.cell("mounted");
      const [queued, cancelled] = [report.cell("queued"), report.cell("cancelled")];
      queued.enqueue();
      cancelled.start();
      const before = report.stats();
      expect(Object.keys(before.byComponent)).to.deep.equal(["queued", "cancelled"]);
      queued.dequeue();
      cancelled.cancel();
      expect(report.stats().byComponent).to.deep.equal({});
      expect(report.stats().total).to.deep.include({ numExecutionStarts: 0, numQueued: 0 });
      queued.hit();
      expect(Object.keys(report.stats().byComponent)).to.deep.equal(["queued"]);
      expect(before.byComponent["queued"]?.numQueued, "what was handed out").to.equal(1);
    });

    it("list components in the order in which they first counted, not in that of mounting (a bug once)", () => {
      const [first, second] = [report.cell("mounted first"), report.cell("mounted second")];
      second.start();
      first.start();
      expect(Object.keys(report.stats().byComponent)).to.deep.equal(["mounted second", "mounted first"]);
    });

    it("list components in the order in which they first counted, but for whole numbers", () => {
      for (const component of ["zebra", "10", "ant", "zebra"]) report.cell(component).hit();
      const text = JSON.stringify(report.stats().byComponent);
      expect(Object.keys(JSON.parse(text) as object)).to.have.members(["zebra", "10", "ant"]);
      expect(text.indexOf("zebra")).to.be.lessThan(text.indexOf("ant"));
    });

    it("take any name for a component", () => {
      const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "", "a b", "\ud800"];
      for (const component of names) report.cell(component).hit();
      const { byComponent, total } = report.stats();
      expect(Object.getPrototypeOf(byComponent)).to.equal(null);
      expect(Object.keys(byComponent)).to.deep.equal(names);
      for (const component of names) expect(byComponent[component]?.numUnchanged, component).to.equal(1);
      expect(total.numUnchanged).to.equal(names.length);
    });

    it("are frozen, and do not change with later counting", () => {
      report.cell("doc").start();
      const before = report.stats();
      report.cell("doc").finish("adds");
      report.cell("other").hit();
      expect(before.byComponent["doc"]?.numAdds).to.equal(0);
      expect(Object.keys(before.byComponent)).to.deep.equal(["doc"]);
      expect(before.total.numFinished).to.equal(0);
      for (const value of [before, before.byComponent, before.byComponent["doc"], before.total]) {
        expect(value).to.satisfy(Object.isFrozen);
      }
    });

    it("are the same value until something counts", () => {
      report.cell("doc").start();
      const before = report.stats();
      expect(report.stats()).to.equal(before);
      report.cell("doc").finish("adds");
      expect(report.stats()).not.to.equal(before);
    });

    it("count components that wait for a slot", () => {
      report.cell("doc").enqueue();
      expect(report.stats().total).to.deep.include({ numQueued: 1, numExecutionStarts: 0 });
      report.cell("doc").dequeue();
      expect(report.stats().total.numQueued).to.equal(0);
    });
  });

  describe("snapshot", () => {
    it("gives every field as JSON, derived ones included", () => {
      report.cell("doc").start();
      clock.advance(250);
      report.notify();
      const total = {
        numExecutionStarts: 1,
        numUnchanged: 0,
        numAdds: 0,
        numDeletes: 0,
        numReprocesses: 0,
        numErrors: 0,
        numProcessed: 0,
        numFinished: 0,
        numInProgress: 1,
        numQueued: 0,
      };
      expect(JSON.parse(JSON.stringify(report.snapshot()))).to.deep.equal({
        stats: { byComponent: { doc: total }, total },
        status: "running",
        result: null,
        final: false,
        elapsedMs: 250,
        isListing: false,
        lastFinishedMs: null,
        oldest: null,
        caughtUpAt: null,
        oldestChangeAt: null,
        failingSources: [],
      });
    });

    it("is frozen, and the same value until watchers are told of a change", () => {
      report.cell("doc").start();
      report.notify();
      const snapshot = report.snapshot();
      expect(snapshot).to.satisfy(Object.isFrozen);
      expect(report.snapshot()).to.equal(snapshot);
      report.notify();
      expect(report.snapshot()).not.to.equal(snapshot);
    });

    it("is final, ready and has the result after the end, whatever comes later", () => {
      report.cell("doc").hit();
      clock.advance(5);
      report.complete("value");
      clock.advance(100);
      report.cell("doc").hit();
      report.notify();
      expect(summaryOf(report.snapshot())).to.deep.equal({
        status: "ready",
        result: "value",
        final: true,
        elapsedMs: 5,
      });
      expect(report.snapshot().stats.total.numUnchanged).to.equal(1);
    });

    it("has null for a result that is undefined", () => {
      report.complete(undefined);
      expect(report.snapshot().result).to.equal(null);
    });

    it("is ready but not final after it was marked ready", () => {
      report.markReady();
      expect(summaryOf(report.snapshot())).to.deep.include({ status: "ready", final: false, result: null });
    });
  });

  describe("end", () => {
    it("is the first one", () => {
      expect(report.end).to.equal(undefined);
      report.complete("value");
      report.complete("other");
      report.fail(new Error("late"));
      expect(report.end).to.equal("done");
      expect(report.snapshot().result).to.equal("value");
    });

    it("keeps the error that a report failed with, even undefined", () => {
      report.fail(undefined);
      report.complete("late");
      expect(report.end).to.deep.equal({ error: undefined });
    });
  });

  describe("failures", () => {
    it("keep the original error, with the group's title and the time", () => {
      const error = { reason: "not even an Error" };
      const group = createReport("Docs");
      clock.advance(1000);
      group.recordFailure({ component: "doc", path: "/a", error });
      expect(group.failures()).to.deep.equal([
        { component: "doc", path: "/a", group: "Docs", error, at: new Date(1000) },
      ]);
      expect(group.failures()[0]?.error).to.equal(error);
    });

    it("are the newest 100, oldest first", () => {
      for (let index = 0; index < 250; index++) report.recordFailure({ component: "doc", path: "/", error: index });
      const errors = report.failures().map(({ error }) => error);
      expect(errors).to.have.length(MAX_FAILURES);
      expect([errors[0], errors.at(-1)]).to.deep.equal([150, 249]);
    });

    it("are a frozen copy", () => {
      const before = report.failures();
      report.recordFailure({ component: "doc", path: "/", error: "boom" });
      expect(before).to.deep.equal([]);
      expect(before).to.satisfy(Object.isFrozen);
      expect(report.failures()[0]).to.satisfy(Object.isFrozen);
      expect(report.failures()[0]?.at).to.satisfy(Object.isFrozen);
    });
  });
});

function summaryOf({
  status,
  result,
  final,
  elapsedMs,
}: UpdateSnapshot): Pick<UpdateSnapshot, "status" | "result" | "final" | "elapsedMs"> {
  return { status, result, final, elapsedMs };
}
