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

  describe("with `endsWhenReady`", () => {
    it("ends with the first ready state", async () => {
      const seen = collect({ endsWhenReady: true });
      await setImmediate();
      count();
      await setImmediate();
      report.markReady();
      expect((await seen).map(brief)).to.deep.equal(["running 1", "ready 1"]);
    });

    it("gives one who comes later the ready state, and ends", async () => {
      report.markReady();
      expect((await collect({ endsWhenReady: true })).map(brief)).to.deep.equal(["ready 0"]);
    });
  });
});

function brief({ status, stats, result, final }: UpdateSnapshot): string {
  return `${status} ${stats.total.numFinished}${final ? ` final ${String(result)}` : ""}`;
}
