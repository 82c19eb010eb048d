import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { fn, mount, mountEach, statsGroup, type StatsGroupHandle, type UpdateSnapshot } from "../../../lib/index.ts";
import { failureOf } from "../../state/failure-of.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { collectGarbage } from "../../used-heap.ts";
import { createCountingApp } from "../counting-app.ts";

const doc = fn(function doc(_text: string) {});

describe("Watchers of a stats group", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  let gate: PromiseWithResolvers<void>;

  beforeEach(() => {
    gate = Promise.withResolvers();
  });

  /** Runs a group with one member that is done and one that waits for the gate; `watch` is called in between. */
  async function run(watch: (group: StatsGroupHandle) => Promise<unknown>): Promise<void> {
    const opened = Promise.withResolvers<StatsGroupHandle>();
    const result = app.update(() =>
      statsGroup("Docs", async (group) => {
        await (await mount(doc, "a")).ready();
        await mount(async function slow() {
          await gate.promise;
        });
        opened.resolve(group);
      }),
    );
    try {
      await watch(await opened.promise);
    } finally {
      gate.resolve();
    }
    expect(await result, "the run goes on").to.deep.equal({});
  }

  it("get everything, several at once: early, late and after the end", async () => {
    let group: StatsGroupHandle | undefined;
    const early: Promise<UpdateSnapshot<null>[]>[] = [];
    const opened = Promise.withResolvers<void>();
    const result = app.update(() =>
      statsGroup("Docs", async (handle) => {
        group = handle;
        early.push(collect(handle), collect(handle));
        opened.resolve();
        await mount(doc, "a");
        await gate.promise;
        await mountEach(doc, [["b", "b"]]);
      }),
    );
    await opened.promise;
    while (group?.stats()?.total.numAdds !== 1) await setImmediate();
    const late = collect(group);
    gate.resolve();
    await result;
    const all = await Promise.all([...early, late, collect(group)]);
    for (const snapshots of all) {
      const last = snapshots.at(-1);
      expect(last).to.deep.include({ status: "ready", final: true });
      expect(last?.stats).to.equal(group.stats());
      expect(snapshots.filter(({ final }) => final)).to.have.length(1);
    }
    expect(all[2]?.[0]?.stats.total.numExecutionStarts, "what was there when it came").to.be.at.least(1);
    expect(all[3], "the final state only").to.have.length(1);
  });

  it("do not hold it up while they are slow, and skip to the newest state", () =>
    run(async (group) => {
      const slow = group.watch()[Symbol.asyncIterator]();
      await slow.next();
      gate.resolve();
      await collect(group);
      expect((await slow.next()).value).to.deep.include({ status: "ready", final: true });
      expect((await slow.next()).done).to.equal(true);
    }));

  it("end themselves, not the group, when the loop is left by `break` or a throw", () =>
    run(async (group) => {
      for await (const _snapshot of group.watch()) break;
      const error = new Error("enough");
      const thrown = failureOf(async () => {
        for await (const _snapshot of group.watch()) throw error;
      });
      expect(await thrown).to.equal(error);
      gate.resolve();
      expect((await collect(group)).at(-1)).to.deep.include({ status: "ready" });
    }));

  it("end themselves, not the group, when their signal is aborted while they wait", () =>
    run(async (group) => {
      const stop = new AbortController();
      const reason = new Error("enough");
      const watching = failureOf(async () => {
        for await (const _snapshot of group.watch({ signal: stop.signal }));
      });
      for (let turn = 0; turn < 5; turn++) await setImmediate();
      stop.abort(reason);
      expect(await watching).to.equal(reason);
      gate.resolve();
      expect((await collect(group)).at(-1)).to.deep.include({ status: "ready" });
    }));

  it("that are abandoned, of a group and of its run, are collected while the run goes on", async function () {
    this.timeout(60_000);
    const handle = app
      .withMain(() =>
        statsGroup("Docs", async (group) => {
          await (await mount(doc, "a")).ready();
          opened.resolve(group);
          await gate.promise;
        }),
      )
      .update();
    const opened = Promise.withResolvers<StatsGroupHandle>();
    const result = handle.result();
    const sources = [await opened.promise, handle];
    const watchers = await abandon(sources, 10_000);
    await collectGarbage();
    expect(watchers.filter((watcher) => watcher.deref() !== undefined)).to.have.length(0);
    gate.resolve();
    await result;
  });
});

/** Takes one snapshot from each of many watchers, and forgets them. */
async function abandon(
  sources: readonly { watch(): AsyncIterable<UpdateSnapshot> }[],
  count: number,
): Promise<WeakRef<object>[]> {
  const watchers: WeakRef<object>[] = [];
  for (let index = 0; index < count; index++) {
    for (const source of sources) {
      const watcher = source.watch()[Symbol.asyncIterator]();
      await watcher.next();
      watchers.push(new WeakRef(watcher));
    }
  }
  return watchers;
}

async function collect(group: StatsGroupHandle): Promise<UpdateSnapshot<null>[]> {
  const snapshots: UpdateSnapshot<null>[] = [];
  for await (const snapshot of group.watch()) snapshots.push(snapshot);
  return snapshots;
}
