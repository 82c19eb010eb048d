import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { AttributeBounds } from "../../lib/progress/export/attribute-bounds.ts";
import { Report } from "../../lib/progress/report.ts";
import type { UpdateSnapshot } from "../../lib/progress/schema/stats.ts";
import { watchReport, type WatchOptions } from "../../lib/progress/watch.ts";
import { FakeClock } from "../fake-clock.ts";
import { failureOf } from "../state/failure-of.ts";
import { collectGarbage, usedHeap } from "../used-heap.ts";

const NUM_WATCHERS = 10_000;

describe("Watchers that are gone", function () {
  this.timeout(60_000);
  let report: Report;

  beforeEach(() => {
    const bounds = new AttributeBounds("app");
    report = new Report({ id: "1", app: "app", title: null, clock: new FakeClock(), touch: () => {}, bounds });
    count();
  });

  function count(): void {
    report.cell("doc").hit();
    report.notify();
  }

  type Watcher = AsyncGenerator<UpdateSnapshot, void, void>;

  /** Starts watchers that `use` does something with and forgets; gives what tells whether they are still there. */
  async function abandon(use: (watcher: Watcher) => Promise<unknown>): Promise<WeakRef<Watcher>[]> {
    const watchers = Array.from({ length: NUM_WATCHERS }, () => watchReport(report));
    await Promise.all(watchers.map(use));
    return watchers.map((watcher) => new WeakRef(watcher));
  }

  async function numAlive(watchers: readonly WeakRef<Watcher>[]): Promise<number> {
    await collectGarbage();
    return watchers.filter((watcher) => watcher.deref() !== undefined).length;
  }

  it("are collected while the report goes on, when nobody has asked them for anything", async () => {
    const watchers = await abandon(async () => {});
    expect(await numAlive(watchers)).to.equal(0);
  });

  it("are collected while the report goes on, when they were left between two snapshots", async () => {
    const watchers = await abandon((watcher) => watcher.next());
    expect(await numAlive(watchers)).to.equal(0);
  });

  it("are collected after the next change, when they were left waiting for it", async () => {
    const watchers = await abandon(async (watcher) => {
      await watcher.next();
      void watcher.next();
    });
    expect(await numAlive(watchers), "they wait").to.equal(NUM_WATCHERS);
    count();
    await setImmediate();
    expect(await numAlive(watchers)).to.equal(0);
  });

  it("leave nothing behind on a report that does not change, when their signals have ended them", async () => {
    const watchUntilAborted = async (): Promise<void> => {
      const stop = new AbortController();
      const options: WatchOptions = { signal: stop.signal };
      const watching = failureOf(async () => {
        for await (const _snapshot of watchReport(report, options));
      });
      await setImmediate();
      stop.abort();
      await watching;
    };
    const watchMany = () => Promise.all(Array.from({ length: NUM_WATCHERS }, watchUntilAborted));
    await watchMany();
    const before = await usedHeap();
    await watchMany();
    expect((await usedHeap()) - before).to.be.lessThan(1_000_000);
  });
});
