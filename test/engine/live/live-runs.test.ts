import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { stateOf } from "../../../lib/app/environment.ts";
import {
  declareTargetState,
  fn,
  LiveMap,
  mountEach,
  type LiveMapSubscriber,
  type MountHandle,
} from "../../../lib/index.ts";
import { countsByComponent } from "../../counts.ts";
import { FakeClock } from "../../fake-clock.ts";
import { failureOf } from "../../state/failure-of.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { LiveWatch } from "./live-watch.ts";
import { defineRecordingTarget } from "../targets/recording-target.ts";

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

  const outside = (): string[] => [...target.outside.keys()].map(String).toSorted();

  it("catches up, applies changes, and ends with the result when it is stopped", async () => {
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
    // Whether a watcher sees a run at work that takes a moment only is up to chance at the beginning.
    expect(watch.statuses.join(" ")).to.match(/^(?:running )?ready running ready running ready READY$/);
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
    expect(watch.statuses.join(" ")).to.match(/^(?:running )?READY$/);
  });

  it("ends by itself when every source says that there will be no more", async () => {
    const source = {
      async *[Symbol.asyncIterator](): AsyncGenerator<[string, string]> {
        yield ["a", "a1"];
      },
      async watch(subscriber: LiveMapSubscriber<string, string>): Promise<void> {
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

  it("ends without waiting for a timer when it is stopped while nothing happens", async () => {
    const clock = new FakeClock();
    stateOf(test.environment).clock = clock;
    const handle = app.withMain(() => mountEach(doc, map)).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady();
    await handle.stop();
    await watch.ended;
    expect(watch.last).to.deep.include({ final: true, status: "ready" });
    expect(countsByComponent(handle.stats())["doc"]).to.deep.equal({ starts: 2, adds: 2 });
    expect(clock.due, "timers").to.deep.equal([]);
  });

  it("finishes the components in progress when it is stopped, and drops the waiting ones", async () => {
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
    class Watched extends LiveMap<string, string> {
      override async watch(subscriber: LiveMapSubscriber<string, string>): Promise<void> {
        ({ signal } = subscriber);
        await super.watch(subscriber);
      }
    }
    const watched = new Watched([["a", "a1"]]);
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
});
