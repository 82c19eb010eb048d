import { expect } from "chai";
import { getEventListeners } from "node:events";
import { setImmediate } from "node:timers/promises";
import { AttributeBounds } from "../../lib/progress/export/attribute-bounds.ts";
import { Report } from "../../lib/progress/report.ts";
import type { UpdateSnapshot } from "../../lib/progress/schema/stats.ts";
import { watchReport } from "../../lib/progress/watch.ts";
import { FakeClock } from "../fake-clock.ts";
import { failureOf } from "../state/failure-of.ts";

describe("watchReport", () => {
  let report: Report;

  beforeEach(() => {
    const bounds = new AttributeBounds("app");
    report = new Report({ id: "1", app: "app", title: null, clock: new FakeClock(), touch: () => {}, bounds });
  });

  function count(): void {
    report.cell("doc").hit();
    report.notify();
  }

  async function collect(options?: Parameters<typeof watchReport>[1]): Promise<UpdateSnapshot[]> {
    const seen: UpdateSnapshot[] = [];
    for await (const snapshot of watchReport(report, options)) seen.push(snapshot);
    return seen;
  }

  it("gives each change, then the final state", async () => {
    const seen = collect();
    await setImmediate();
    count();
    await setImmediate();
    count();
    await setImmediate();
    report.complete("value");
    expect((await seen).map(brief)).to.deep.equal(["running 1", "running 2", "ready 2 final value"]);
  });

  it("gives a late watcher the present state at once", async () => {
    count();
    const watch = watchReport(report);
    expect(brief((await watch.next()).value as UpdateSnapshot)).to.equal("running 1");
  });

  it("gives nothing before anything has counted", async () => {
    const first = watchReport(report).next();
    let isPending = true;
    void first.then(() => (isPending = false));
    await setImmediate();
    expect(isPending).to.equal(true);
    count();
    expect(brief((await first).value as UpdateSnapshot)).to.equal("running 1");
  });

  it("gives a watcher that comes after the end the final state", async () => {
    count();
    report.complete("value");
    for (const seen of [await collect(), await collect()]) {
      expect(seen.map(brief)).to.deep.equal(["ready 1 final value"]);
    }
  });

  it("gives a slow watcher the newest state", async () => {
    const watch = watchReport(report);
    count();
    expect(brief((await watch.next()).value as UpdateSnapshot)).to.equal("running 1");
    for (let index = 0; index < 100; index++) count();
    expect(brief((await watch.next()).value as UpdateSnapshot)).to.equal("running 101");
    for (let index = 0; index < 100; index++) count();
    report.complete("value");
    expect(brief((await watch.next()).value as UpdateSnapshot)).to.equal("ready 201 final value");
    expect((await watch.next()).done).to.equal(true);
  });

  it("gives every one of many watchers all states", async () => {
    const watchers = Array.from({ length: 50 }, () => collect());
    await setImmediate();
    count();
    await setImmediate();
    report.complete(null);
    for (const seen of await Promise.all(watchers)) {
      expect(seen.map(brief)).to.deep.equal(["running 1", "ready 1 final null"]);
    }
  });

  it("goes on for the others when one leaves", async () => {
    const staying = collect();
    count();
    for await (const _snapshot of watchReport(report)) break;
    count();
    report.complete(null);
    expect((await staying).at(-1)?.final).to.equal(true);
  });

  it("throws the original error, after the last counts, to one who was watching", async () => {
    const error = { reason: "boom" };
    const watch = watchReport(report);
    const first = watch.next();
    await setImmediate();
    count();
    report.fail(error);
    expect(brief((await first).value as UpdateSnapshot)).to.equal("running 1");
    expect(await failureOf(watch.next())).to.equal(error);
  });

  it("throws the original error to one who comes later", async () => {
    const error = new Error("boom");
    count();
    report.fail(error);
    expect(await failureOf(collect())).to.equal(error);
  });

  it("throws the signal's reason when it is aborted before, or while waiting", async () => {
    const reason = new Error("enough");
    count();
    expect(await failureOf(collect({ signal: AbortSignal.abort(reason) }))).to.equal(reason);
    const stop = new AbortController();
    const waiting = collect({ signal: stop.signal });
    await setImmediate();
    stop.abort(reason);
    expect(await failureOf(waiting)).to.equal(reason);
  });

  for (const isWaiting of [true, false]) {
    it(`ends at once when it is left ${isWaiting ? "while it waits" : "between two snapshots"}`, async () => {
      const { signal } = new AbortController();
      const boom = new Error("boom");
      for (const leave of ["return", "throw"] as const) {
        count();
        const watch = watchReport(report, { signal });
        await watch.next();
        const next = isWaiting ? watch.next() : undefined;
        if (leave === "return") expect(await watch.return()).to.deep.equal({ done: true, value: undefined });
        else expect(await failureOf(() => watch.throw(boom))).to.equal(boom);
        if (next !== undefined) expect(await next).to.deep.equal({ done: true, value: undefined });
        expect((await watch.next()).done).to.equal(true);
        expect(getEventListeners(signal, "abort")).to.deep.equal([]);
      }
    });
  }

  it("is left by `await using`, though nothing was ever counted", async () => {
    const waiting = async (): Promise<IteratorResult<UpdateSnapshot>> => {
      await using watch = watchReport(report);
      return await Promise.race([watch.next(), setImmediate({ done: true, value: undefined } as const)]);
    };
    expect((await waiting()).done).to.equal(true);
  });

  it("leaves no listener on a signal that outlives it", async () => {
    const { signal } = new AbortController();
    const seen = collect({ signal });
    for (let index = 0; index < 5; index++) {
      await setImmediate();
      expect(getEventListeners(signal, "abort")).to.have.length(1);
      count();
    }
    report.complete(null);
    await seen;
    expect(getEventListeners(signal, "abort")).to.deep.equal([]);
  });

  describe("that ends at the catch-up", () => {
    it("ends with the first ready state", async () => {
      const seen = collect({ end: { isAtCatchUp: true } });
      await setImmediate();
      count();
      await setImmediate();
      report.markReady();
      expect((await seen).map(brief)).to.deep.equal(["running 1", "ready 1"]);
    });

    it("ends with the ready state though a change is pending, and with the newest one when none is", async () => {
      const change = { at: new Date(0) };
      const end = { isAtCatchUp: true };
      const seen = collect({ end });
      count();
      report.freshness.add(change);
      report.markReady();
      expect((await seen).map(brief).at(-1)).to.equal("ready 1");
      expect(report.snapshot().status).to.equal("running");
      count();
      expect((await collect({ end })).map(brief)).to.deep.equal(["ready 1"]);
      report.freshness.remove(change);
      expect((await collect({ end })).map(brief)).to.deep.equal(["ready 2"]);
    });

    it("goes on until that is decided", async () => {
      const end = { isAtCatchUp: false };
      const seen = collect({ end });
      report.markReady();
      await setImmediate();
      count();
      await setImmediate();
      end.isAtCatchUp = true;
      report.notify();
      expect((await seen).map(brief)).to.deep.equal(["ready 0", "ready 1", "ready 1"]);
    });

    it("throws the error of a report that fails before, or has failed", async () => {
      const error = new Error("boom");
      const seen = failureOf(collect({ end: { isAtCatchUp: true } }));
      report.fail(error);
      expect(await seen).to.equal(error);
    });

    it("gives one who comes later the ready state, and ends", async () => {
      report.markReady();
      expect((await collect({ end: { isAtCatchUp: true } })).map(brief)).to.deep.equal(["ready 0"]);
    });
  });
});

function brief({ status, stats, result, final }: UpdateSnapshot): string {
  return `${status} ${stats.total.numFinished}${final ? ` final ${String(result)}` : ""}`;
}
