import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import {
  declareTargetState,
  fn,
  LiveMap,
  mount,
  mountEach,
  statsGroup,
  useMount,
  type MountHandle,
  type StatsGroupHandle,
} from "../../lib/index.ts";
import { countsByComponent } from "../counts.ts";
import { failureOf } from "../state/failure-of.ts";
import { useTestEnvironment } from "../test-environment.ts";
import { createCountingApp } from "./counting-app.ts";
import { LiveWatch } from "./live-watch.ts";
import { defineRecordingTarget } from "./recording-target.ts";

describe("A live run", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = defineRecordingTarget();
  const doc = fn({ memo: true }, async function doc(text: string) {
    if (text.startsWith("broken")) throw new Error(text);
    await setImmediate();
    declareTargetState(target.provider, text, text);
  });
  let map: LiveMap<string, string>;

  beforeEach(() => {
    target.outside.clear();
    target.batches.length = 0;
    target.onApply = undefined;
    map = new LiveMap([
      ["a", "a1"],
      ["b", "b1"],
    ]);
  });

  const outside = (): unknown[] => [...target.outside.keys()].toSorted();

  it("catches up, works off what changes, and ends with the result when it is stopped", async () => {
    const handle = app.withMain(() => mountEach(doc, map)).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(2);
    expect(outside()).to.deep.equal(["a1", "b1"]);
    map.set("c", "c1");
    await watch.untilReady(3);
    expect(outside()).to.deep.equal(["a1", "b1", "c1"]);
    map.set("a", "a2").delete("b");
    await watch.untilReady(5);
    expect(outside()).to.deep.equal(["a2", "c1"]);
    await handle.stop();
    await watch.ended;
    expect(watch.statuses).to.deep.equal(["running", "ready", "running", "ready", "running", "ready", "READY"]);
    expect(watch.last?.final).to.equal(true);
    expect(countsByComponent(handle.stats())).to.deep.equal({
      main: { starts: 1, adds: 1 },
      doc: { starts: 5, adds: 3, reprocesses: 1, deletes: 1 },
    });
    expect(await app.update(() => mountEach(doc, map))).to.deep.equal({ doc: { starts: 2, unchanged: 2 } });
  });

  it("gives every watcher the same, the result to each, early or late", async () => {
    const handle = app.withMain(() => mountEach(doc, map)).update({ live: true });
    const early = [new LiveWatch(handle), new LiveWatch(handle)];
    await early[0]!.untilReady(2);
    const late = new LiveWatch(handle);
    await late.untilReady(2);
    map.set("c", "c1");
    await Promise.all([...early, late].map((watch) => watch.untilReady(3)));
    await handle.stop();
    const after = new LiveWatch(handle);
    await Promise.all([...early, late, after].map((watch) => watch.ended));
    for (const watch of [...early, late, after]) expect(watch.last).to.equal(early[0]!.last);
    expect(late.statuses).to.deep.equal(["ready", "running", "ready", "READY"]);
    expect(after.statuses).to.deep.equal(["READY"]);
  });

  it("gives the main function's value when it is stopped", async () => {
    const handle = app.withMain(() => mountEach(doc, map)).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady();
    expect(watch.last?.result).to.equal(null);
    void handle.stop();
    expect(await handle.result()).to.equal(undefined);
  });

  it("ends by itself when nothing in it is live", async () => {
    const handle = app.withMain(() => mountEach(doc, [["a", "a1"]])).update({ live: true });
    const watch = new LiveWatch(handle);
    await handle;
    await watch.ended;
    expect(watch.statuses).to.deep.equal(["running", "READY"]);
  });

  it("ends by itself when every source says that there will be no more", async () => {
    const source = {
      async *[Symbol.asyncIterator](): AsyncGenerator<[string, string]> {
        yield ["a", "a1"];
      },
      async watch(subscriber: Parameters<(typeof map)["watch"]>[0]): Promise<void> {
        await subscriber.updateAll();
        await subscriber.markReady();
        await subscriber.update("b", "b1");
      },
    };
    await app.withMain(() => mountEach(doc, source)).update({ live: true });
    expect(outside()).to.deep.equal(["a1", "b1"]);
  });

  it("lists a source once and does not watch it when it is not live", async () => {
    expect(await app.update(() => mountEach(doc, map))).to.deep.equal({ doc: { starts: 2, adds: 2 } });
    map.watch = () => Promise.reject(new Error("watched"));
    map.delete("a");
    expect(await app.update(() => mountEach(doc, map))).to.deep.equal({ doc: { starts: 2, unchanged: 1, deletes: 1 } });
  });

  it("ends within a second when it is stopped while nothing happens", async () => {
    const handle = app.withMain(() => mountEach(doc, map)).update({ live: true });
    await new LiveWatch(handle).untilReady();
    const before = performance.now();
    await handle.stop();
    expect(performance.now() - before).to.be.lessThan(1000);
  });

  it("finishes what is in progress when it is stopped, and drops what waits", async () => {
    const gate = Promise.withResolvers<void>();
    const started: string[] = [];
    const slow = fn(async function slow(text: string) {
      started.push(text);
      if (text !== "a1") await gate.promise;
      declareTargetState(target.provider, text, text);
    });
    map = new LiveMap([["a", "a1"]]);
    const handle = app.withMain(() => mountEach(slow, map)).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(1);
    map.set("a", "a2");
    await watch.until(({ stats }) => stats.total.numExecutionStarts === 3);
    map.set("a", "a3");
    await setImmediate();
    const stopping = handle.stop();
    gate.resolve();
    await stopping;
    expect(started).to.deep.equal(["a1", "a2"]);
    expect(outside()).to.deep.equal(["a2"]);
    expect(handle.stats()?.total.numInProgress).to.equal(0);
  });

  it("catches up before it ends when it is stopped earlier, and also when before it has begun", async () => {
    for (const isStarted of [true, false]) {
      target.outside.clear();
      const handle = app.withMain(() => mountEach(doc, map)).update({ live: true, fullReprocess: true });
      const result = isStarted ? handle.result() : undefined;
      await handle.stop();
      await (result ?? handle);
      expect(outside()).to.deep.equal(["a1", "b1"]);
    }
  });

  it("rejects with the reason when its signal is aborted", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const handle = app.withMain(() => mountEach(doc, map)).update({ live: true, signal: controller.signal });
    const watch = new LiveWatch(handle);
    await watch.untilReady(2);
    controller.abort(reason);
    expect(await failureOf(() => handle.result())).to.equal(reason);
    expect(await failureOf(() => watch.ended)).to.equal(reason);
    await handle.stop();
  });

  it("ends when its environment is closed", async () => {
    const handle = app.withMain(() => mountEach(doc, map)).update({ live: true });
    await new LiveWatch(handle).untilReady(2);
    const failing = failureOf(() => handle.result());
    await test.environment.close();
    expect(await failing).to.include({ code: "ENVIRONMENT_CLOSED" });
  });

  it("fails when the main function fails, and follows nothing any more", async () => {
    const error = new Error("boom");
    let signal: AbortSignal | undefined;
    const watched = new LiveMap([["a", "a1"]]);
    const { watch } = LiveMap.prototype;
    watched.watch = async (subscriber) => {
      ({ signal } = subscriber);
      await Reflect.apply(watch, watched, [subscriber]);
    };
    const main = async (): Promise<void> => {
      await mountEach(doc, watched);
      throw error;
    };
    expect(await failureOf(() => app.withMain(main).update({ live: true }))).to.equal(error);
    expect(signal?.aborted).to.equal(true);
  });

  it("goes on with the others when an item fails, and tries that one again when it changes", async () => {
    map.set("b", "broken");
    const handle = app.withMain(() => mountEach(doc, map)).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(2);
    expect(test.caught.map(({ error }) => String(error))).to.deep.equal(["Error: broken"]);
    map.set("b", "mended").set("a", "a2");
    await watch.untilReady(4);
    expect(outside()).to.deep.equal(["a2", "mended"]);
    await handle.stop();
    expect(handle.failures()).to.have.lengthOf(1);
  });

  it("tells how far behind it is", async () => {
    const gate = Promise.withResolvers<void>();
    const slow = fn(async function slow(text: string) {
      if (text !== "a1") await gate.promise;
    });
    map = new LiveMap([["a", "a1"]]);
    const handle = app.withMain(() => mountEach(slow, map)).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(1);
    const first = watch.last!;
    expect(first.caughtUpAt).to.be.instanceOf(Date);
    expect(first.oldestChangeAt).to.equal(null);
    map.set("a", "a2");
    await watch.until(({ stats }) => stats.total.numExecutionStarts === 3);
    map.set("b", "b1");
    await watch.until(({ stats }) => stats.total.numExecutionStarts === 4);
    const behind = watch.last!;
    expect(behind.caughtUpAt).to.equal(first.caughtUpAt);
    expect(behind.oldestChangeAt?.getTime()).to.be.at.least(first.caughtUpAt!.getTime());
    gate.resolve();
    await watch.untilReady(3);
    expect(watch.last!.oldestChangeAt).to.equal(null);
    expect(watch.last!.caughtUpAt?.getTime()).to.be.at.least(behind.oldestChangeAt!.getTime());
    expect(JSON.parse(JSON.stringify(watch.last))).to.include({ caughtUpAt: watch.last!.caughtUpAt!.toJSON() });
    await handle.stop();
  });

  it("says when the first items of a source are applied, on the handle of its mount", async () => {
    let handleOfMount: MountHandle | undefined;
    let atReady: unknown[] = [];
    const handle = app
      .withMain(async () => {
        handleOfMount = await mountEach(doc, map);
        await handleOfMount.ready();
        atReady = outside();
      })
      .update({ live: true });
    await new LiveWatch(handle).untilReady(2);
    expect(atReady).to.deep.equal(["a1", "b1"]);
    await handle.stop();
  });

  describe("with a component that has live parts", () => {
    const section = fn({ memo: true }, async function section(items: LiveMap<string, string> | [string, string][]) {
      await mountEach(doc, items);
    });

    it("never skips it, so that it is followed, and nothing is missed by a run that is not live", async () => {
      const sections = fn({ memo: true }, async function sections() {
        await mount("section", section, map);
      });
      const main = (): unknown => mount(sections);
      await app.update(main);
      const handle = app.withMain(main).update({ live: true });
      const watch = new LiveWatch(handle);
      await watch.untilReady(2);
      map.set("c", "c1");
      await watch.until(() => target.outside.has("c1"));
      await handle.stop();
      map.set("d", "d1");
      await app.update(main);
      expect(outside()).to.deep.equal(["a1", "b1", "c1", "d1"]);
    });

    it("skips the items themselves", async () => {
      await app.update(() => mount(section, map));
      const handle = app.withMain(() => mount(section, map)).update({ live: true });
      await new LiveWatch(handle).untilReady(3);
      await handle.stop();
      expect(countsByComponent(handle.stats())["doc"]).to.deep.equal({ starts: 2, unchanged: 2 });
    });

    it("keeps what is there when a static place becomes live, and when it becomes static again", async () => {
      const items: [string, string][] = [...map].map(([key, value]) => [key, value]);
      await app.update(() => mountEach("docs", doc, items));
      const handle = app.withMain(() => mountEach("docs", doc, map)).update({ live: true });
      await new LiveWatch(handle).untilReady(2);
      await handle.stop();
      expect(countsByComponent(handle.stats())["doc"]).to.deep.equal({ starts: 2, unchanged: 2 });
      expect(await app.update(() => mountEach("docs", doc, items))).to.deep.equal({ doc: { starts: 2, unchanged: 2 } });
      expect(await app.update(() => mountEach("docs", doc, map))).to.deep.equal({ doc: { starts: 2, unchanged: 2 } });
      expect(target.batches.flat()).to.have.lengthOf(2);
    });
  });

  describe("with live sources in what a live source mounts", () => {
    const inner = new Map<string, LiveMap<string, string>>();
    const outer = new LiveMap<string, number>();
    const folder = fn(async function folder(_version: number, name: string) {
      await mountEach(doc, inner.get(name)!);
    });
    const folders = fn(async function folders(version: number) {
      await mount("x", folder, version, "x");
    });

    beforeEach(() => {
      outer.clear();
      outer.set("one", 1);
      inner.set("x", new LiveMap([["a", "a1"]]));
    });

    it("follows them, and begins anew when what mounts them is run again", async () => {
      const handle = app.withMain(() => mountEach(folders, outer)).update({ live: true });
      const watch = new LiveWatch(handle);
      await watch.untilReady(3);
      inner.get("x")!.set("b", "b1");
      await watch.untilReady(4);
      expect(outside()).to.deep.equal(["a1", "b1"]);
      outer.set("one", 2);
      await watch.untilReady(8);
      inner.get("x")!.set("c", "c1").delete("a");
      await watch.untilReady(10);
      expect(outside()).to.deep.equal(["b1", "c1"]);
      await handle.stop();
      const { doc: docs } = countsByComponent(handle.stats());
      expect(docs).to.deep.equal({ starts: 6, adds: 3, unchanged: 2, deletes: 1 });
    });

    it("ends them when what mounts them is removed", async () => {
      const handle = app.withMain(() => mountEach(folders, outer)).update({ live: true });
      const watch = new LiveWatch(handle);
      await watch.untilReady(3);
      outer.delete("one");
      await watch.untilReady(6);
      expect(outside()).to.deep.equal([]);
      inner.get("x")!.set("b", "b1");
      await handle.stop();
      expect(outside()).to.deep.equal([]);
    });
  });

  it("lets one item take over what another had outside, in either order of the changes", async () => {
    const out = fn(function out({ key, text }: { key: string; text: string }) {
      declareTargetState(target.provider, key, text);
    });
    const items = new LiveMap<string, { key: string; text: string }>([
      ["a", { key: "x", text: "a" }],
      ["b", { key: "y", text: "b" }],
    ]);
    const handle = app.withMain(() => mountEach(out, items)).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(2);
    items.delete("a");
    items.set("c", { key: "x", text: "c" });
    await watch.untilReady(4);
    expect(Object.fromEntries(target.outside)).to.deep.equal({ x: "c", y: "b" });
    items.set("d", { key: "y", text: "d" });
    items.delete("b");
    await watch.untilReady(6);
    expect(Object.fromEntries(target.outside)).to.deep.equal({ x: "c", y: "d" });
    await handle.stop();
    expect(handle.failures()).to.deep.equal([]);
  });

  it("waits for its turn, and lets an update or a drop that comes later wait for its end", async () => {
    const first = app.withMain(() => mountEach(doc, map)).update({ live: true });
    await new LiveWatch(first).untilReady(2);
    const second = app.withMain(() => mountEach(doc, map)).drop();
    const dropping = second.result();
    await setImmediate();
    expect(second.stats()).to.equal(null);
    await first.stop();
    await dropping;
    expect(outside()).to.deep.equal([]);
  });

  it("refuses a source that is neither listable nor tells of its changes", async () => {
    const error = await failureOf(() => app.update(() => mountEach(doc, {} as LiveMap<string, string>)));
    expect(error).to.be.instanceOf(TypeError);
  });

  it("uses the value of a component beside its live parts", async () => {
    let value: unknown;
    const handle = app
      .withMain(async () => {
        await mountEach(doc, map);
        value = await useMount("value", () => Promise.resolve(42), ...[]);
      })
      .update({ live: true });
    expect(await failureOf(() => handle.result())).to.be.instanceOf(TypeError);
    expect(value).to.equal(undefined);
  });

  describe("with stats groups", () => {
    let groups: StatsGroupHandle[];
    const group = <T>(title: string, body: () => T): T =>
      statsGroup(title, (handle) => {
        groups.push(handle);
        return body();
      });

    beforeEach(() => {
      groups = [];
    });

    it("shows a group with live members as ready after they have caught up, as running again later, and ends it with them", async () => {
      const handle = app
        .withMain(async () => {
          await group("Live", () => mountEach(doc, map));
          await group("Static", () => mountEach("static", doc, [["s", "s1"]]));
        })
        .update({ live: true });
      const run = new LiveWatch(handle);
      await run.untilReady();
      const live = new LiveWatch(groups[0]!);
      const fixed = new LiveWatch(groups[1]!);
      await live.untilReady(2);
      map.set("c", "c1");
      await live.untilReady(3);
      map.delete("a");
      await live.untilReady(4);
      await fixed.ended;
      expect(live.last?.final).to.equal(false);
      await handle.stop();
      await Promise.all([live.ended, run.ended]);
      expect(live.statuses).to.deep.equal(["ready", "running", "ready", "running", "ready", "READY"]);
      expect(run.statuses).to.deep.equal(["running", "ready", "running", "ready", "running", "ready", "READY"]);
      expect(countsByComponent(groups[0]!.stats())).to.deep.equal({ doc: { starts: 4, adds: 3, deletes: 1 } });
      expect(countsByComponent(handle.stats())).to.deep.equal({ main: { starts: 1, adds: 1 } });
    });

    it("holds up the groups around a live member, and not those beside it", async () => {
      const handle = app
        .withMain(async () => {
          await group("Outer", async () => {
            await group("Inner", () => mountEach(doc, map));
            await group("Beside", () => mountEach("beside", doc, [["s", "s1"]]));
          });
        })
        .update({ live: true });
      await new LiveWatch(handle).untilReady();
      const [outer, inner, beside] = groups.map((one) => new LiveWatch(one));
      await beside!.ended;
      map.set("c", "c1");
      await inner!.untilReady(3);
      expect([outer!.last?.final, inner!.last?.final]).to.deep.equal([false, false]);
      await handle.stop();
      await Promise.all([outer!.ended, inner!.ended]);
      expect(outer!.statuses.at(-1)).to.equal("READY");
    });

    it("ends a group when the live members of a component in it have ended", async () => {
      const folders = new LiveMap([["one", 1]]);
      const folder = fn(async function folder(_version: number) {
        await group("Folder", () => mountEach(doc, map));
      });
      const handle = app.withMain(() => mountEach(folder, folders)).update({ live: true });
      const run = new LiveWatch(handle);
      await run.untilReady(1);
      const first = new LiveWatch(groups[0]!);
      folders.set("one", 2);
      await first.ended;
      await run.untilReady(2);
      expect(groups).to.have.lengthOf(2);
      folders.delete("one");
      await new LiveWatch(groups[1]!).ended;
      await handle.stop();
      expect(groups[1]!.stats()?.total.numUnchanged).to.equal(2);
    });
  });
});
