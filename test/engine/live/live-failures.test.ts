import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { stateOf } from "../../../lib/app/environment.ts";
import { declareTargetState, fn, LiveMap, mountEach, type ExceptionContext } from "../../../lib/index.ts";
import { FakeClock } from "../../fake-clock.ts";
import { failureOf } from "../../state/failure-of.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { FailingMap } from "./failing-map.ts";
import { LiveWatch } from "./live-watch.ts";
import { defineRecordingTarget } from "../targets/recording-target.ts";

describe("A live source that fails", () => {
  const caught: { readonly error: unknown; readonly context: ExceptionContext }[] = [];
  const test = useTestEnvironment({
    onException(error, context) {
      caught.push({ error, context });
    },
  });
  const app = createCountingApp(test);
  const target = defineRecordingTarget();
  const doc = fn({ memo: true }, function doc(text: string) {
    declareTargetState(target.provider, text, text);
  });
  let clock: FakeClock;
  let source: FailingMap;
  const healthy = new LiveMap<string, string>();
  const both = async (): Promise<void> => {
    await mountEach("healthy", doc, healthy);
    await mountEach("failing", doc, source);
  };
  const outside = (): string[] => [...target.outside.keys()].map(String).toSorted();

  beforeEach(() => {
    clock = new FakeClock();
    caught.length = 0;
    stateOf(test.environment).clock = clock;
    target.outside.clear();
    source = new FailingMap([["a", "a1"]]);
    healthy.clear();
    healthy.set("h", "h1");
  });

  /** The pause that a failing source is waiting for: nothing else of a run that stands still is due before a minute. */
  const pauses = (): number[] => clock.due.map((at) => at - clock.now()).filter((ms) => ms <= 60_000);

  it("is reported with its error, tried again after a pause, and misses nothing", async () => {
    const handle = app.withMain(both).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(2);
    const error = new Error("connection lost");
    source.fail(error);
    await watch.until(({ failingSources }) => failingSources.length === 1);
    expect(caught.map((one) => one.error)).to.deep.equal([error]);
    expect(caught[0]?.context).to.include({ component: "doc", path: '/"failing"', parentPath: "/", mountKind: "live" });
    expect(handle.failures()[0]).to.include({ error, path: '/"failing"' });
    expect(watch.last).to.deep.include({ status: "ready", final: false });
    expect(watch.last!.failingSources[0]).to.deep.include({
      component: "doc",
      path: '/"failing"',
      message: "connection lost",
      since: new Date(0),
      numFailures: 1,
    });
    source.set("b", "b1").delete("a");
    healthy.set("i", "i1");
    await watch.until(({ stats }) => stats.total.numFinished === 5);
    expect(outside()).to.deep.equal(["a1", "h1", "i1"]);
    clock.advance(1000);
    await watch.until(({ failingSources, status }) => failingSources.length === 0 && status === "ready");
    expect(outside()).to.deep.equal(["b1", "h1", "i1"]);
    source.set("c", "c1");
    await watch.until(() => target.outside.has("c1"));
    await handle.stop();
    expect(handle.stats()?.total.numErrors).to.equal(1);
  });

  it("is retried with backoff of up to a minute, which starts over when the source has worked for long", async () => {
    const handle = app.withMain(both).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(2);
    source.isBroken = true;
    source.fail(new Error("boom 0"));
    for (let count = 1; count <= 9; count++) {
      await watch.until(({ failingSources }) => failingSources[0]?.numFailures === count);
      const full = Math.min(60_000, 1000 * 2 ** (count - 1));
      const [pause] = pauses();
      expect(pause).to.be.within(full / 2, full);
      expect(watch.last!.failingSources[0]!.since).to.deep.equal(new Date(0));
      expect(watch.last!.failingSources[0]!.retryAt.getTime()).to.be.closeTo(clock.now() + pause!, 1);
      source.isBroken = count < 9;
      clock.advance(full);
    }
    await watch.until(({ failingSources }) => failingSources.length === 0);
    source.fail(new Error("boom again"));
    await watch.until(({ failingSources }) => failingSources[0]?.numFailures === 10);
    clock.advance(60_000);
    await watch.until(({ failingSources }) => failingSources.length === 0);
    clock.advance(60_000);
    source.fail(new Error("boom much later"));
    await watch.until(({ failingSources }) => failingSources[0]?.numFailures === 1);
    await handle.stop();
    expect(watch.last!.failingSources).to.deep.equal([]);
  });

  it("does not keep a run from catching up when it fails from the start, nor anything from being deleted when it is back", async () => {
    await app.update(() =>
      mountEach("failing", doc, [
        ["old", "old1"],
        ["a", "a1"],
      ]),
    );
    source.isBroken = true;
    const handle = app.withMain(both).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(2);
    expect(outside()).to.deep.equal(["a1", "h1", "old1"]);
    source.isBroken = false;
    clock.advance(1000);
    await watch.until(({ failingSources, status }) => failingSources.length === 0 && status === "ready");
    expect(outside()).to.deep.equal(["a1", "h1"]);
    await handle.stop();
  });

  it("or any other, keeps the process alive by a timer for as long as the run lasts, though it be in memory", async () => {
    const handle = app.withMain(() => mountEach(doc, healthy)).update({ live: true });
    await new LiveWatch(handle).untilReady(1);
    expect(clock.due).to.deep.equal([3_600_000]);
    clock.advance(3_600_000);
    expect(clock.due).to.deep.equal([7_200_000]);
    await handle.stop();
    expect(clock.due).to.deep.equal([]);
  });

  it("fails the listing in a run that is not live, like any other source", async () => {
    source[Symbol.iterator] = () => throwIt(new Error("cannot list"));
    expect(await failureOf(() => app.update(() => mountEach(doc, source)))).to.include({ message: "cannot list" });
  });

  it("keeps everything when it fails in the middle of a listing", async () => {
    source.set("b", "b1").set("c", "c1");
    const handle = app.withMain(both).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(4);
    source.delete("c");
    source.failsAfter = 1;
    source.fail(new Error("boom"));
    await watch.until(({ failingSources, status }) => failingSources.length === 1 && status === "ready");
    const { caughtUpAt } = watch.last!;
    clock.advance(1000);
    await watch.until(({ failingSources, status }) => failingSources[0]?.numFailures === 2 && status === "ready");
    expect(outside()).to.include.members(["a1", "b1"]);
    expect(watch.last!.caughtUpAt).to.equal(caughtUpAt);
    source.failsAfter = undefined;
    clock.advance(2000);
    await watch.until(({ failingSources, status }) => failingSources.length === 0 && status === "ready");
    expect(outside()).to.deep.equal(["a1", "b1", "h1"]);
    expect(watch.last!.caughtUpAt).to.not.equal(caughtUpAt);
    await handle.stop();
  });

  it("has not caught up when it fails in a listing, the first or a later one (bug: it counted as a success)", async () => {
    const begin = Promise.withResolvers<void>();
    source.onReady = async (subscriber) => {
      await begin.promise;
      source.failsAfter = 1;
      await subscriber.updateAll();
    };
    source.set("b", "b1");
    const handle = app.withMain(both).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(3);
    const { caughtUpAt } = watch.last!;
    begin.resolve();
    for (let count = 1; count <= 3; count++) {
      await watch.until(({ failingSources, status }) => failingSources[0]?.numFailures === count && status === "ready");
      healthy.set("h", `h${count + 1}`);
      await watch.until(({ status }) => target.outside.has(`h${count + 1}`) && status === "ready");
      expect(watch.last!.caughtUpAt).to.equal(caughtUpAt);
      clock.advance(60_000);
    }
    await handle.stop();
  });

  it("is stopped while it waits for its next try", async () => {
    const handle = app.withMain(both).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(2);
    source.fail(new Error("boom"));
    await watch.until(({ failingSources }) => failingSources.length === 1);
    await handle.stop();
    await watch.ended;
    expect(watch.last).to.deep.include({ final: true, failingSources: [] });
    expect(clock.due).to.deep.equal([]);
  });

  it("may report an error and go on", async () => {
    source.onWatch = (subscriber) => subscriber.reportException(new Error("one line was odd"));
    const handle = app.withMain(both).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(3);
    expect(watch.last!.failingSources).to.deep.equal([]);
    expect(handle.failures()).to.have.lengthOf(1);
    await handle.stop();
  });

  it("does not hold up the end when it does not heed its signal", async () => {
    source.onReady = () => new Promise(() => {});
    const handle = app.withMain(both).update({ live: true });
    await new LiveWatch(handle).untilReady(2);
    let hasEnded = false;
    const stopping = handle.stop().then(() => (hasEnded = true));
    await setImmediate();
    expect(hasEnded).to.equal(false);
    clock.advance(500);
    await stopping;
  });

  it("ends although it throws while it ends, and the error is reported", async () => {
    const error = new Error("cannot close");
    source.onReady = async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      throw error;
    };
    const handle = app.withMain(both).update({ live: true });
    await new LiveWatch(handle).untilReady(2);
    await handle.stop();
    expect(caught.map((one) => one.error)).to.deep.equal([error]);
  });
});

function throwIt(error: unknown): never {
  throw error;
}
