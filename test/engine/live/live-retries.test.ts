import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { stateOf } from "../../../lib/app/environment.ts";
import {
  declareTargetState,
  exceptionHandler,
  fn,
  LiveMap,
  mount,
  mountEach,
  type LiveComponent,
  type LiveComponentOperator,
} from "../../../lib/index.ts";
import { countsByComponent } from "../../counts.ts";
import { FakeClock } from "../../fake-clock.ts";
import { failureOf } from "../../state/failure-of.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { LiveWatch } from "./live-watch.ts";
import { defineRecordingTarget } from "../targets/recording-target.ts";

describe("In a live run", () => {
  let rethrows = false;
  const caught: unknown[] = [];
  const test = useTestEnvironment({
    onException(error) {
      caught.push(error);
      if (rethrows) throw error;
    },
  });
  const app = createCountingApp(test);
  const target = defineRecordingTarget();
  const calls: string[] = [];
  const doc = fn({ memo: true }, function doc(text: string) {
    calls.push(text);
    declareTargetState(target.provider, text, text);
  });
  let clock: FakeClock;

  beforeEach(() => {
    clock = new FakeClock();
    stateOf(test.environment).clock = clock;
    caught.length = 0;
    calls.length = 0;
    rethrows = false;
    target.outside.clear();
    target.onApply = undefined;
  });

  const outside = (): string[] => [...target.outside.keys()].map(String).toSorted();

  describe("a live component that fails", () => {
    let live: (operator: LiveComponentOperator, attempt: number) => Promise<void>;
    let numAttempts: number;

    class Feed implements LiveComponent {
      async process(): Promise<void> {
        await mount("doc", doc, "x1");
      }

      async processLive(operator: LiveComponentOperator): Promise<void> {
        await live(operator, ++numAttempts);
      }
    }

    beforeEach(() => {
      numAttempts = 0;
    });

    it("gives the original error to the handlers and to `ready()` when it fails before it is ready", async () => {
      rethrows = true;
      const error = new Error("no such host");
      live = () => Promise.reject(error);
      const seen: unknown[] = [];
      let left: unknown;
      const rest = await app.update(async () => {
        await exceptionHandler(
          (thrown, context) => {
            seen.push(thrown, context.mountKind, context.path);
            throw thrown;
          },
          async () => {
            const mounting = await mount(Feed);
            left = await failureOf(() => mounting.ready());
          },
        );
      });
      expect(seen).to.deep.equal([error, "live", "/@Feed"]);
      expect(left).to.equal(error);
      expect(caught[0]).to.equal(error);
      expect(rest).to.deep.equal({ Feed: { starts: 1, errors: 1 } });
      expect(numAttempts).to.equal(1);
    });

    it("is tried again with a new instance in a live run", async () => {
      live = async (operator, attempt) => {
        if (attempt < 3) throw new Error(`boom ${attempt}`);
        await operator.updateFull();
        await operator.markReady();
        await operator.update("late", doc, "late1");
      };
      const handle = app.withMain(() => mount(Feed)).update({ live: true });
      const watch = new LiveWatch(handle);
      await watch.until(({ failingSources }) => failingSources[0]?.numFailures === 1);
      clock.advance(1000);
      await watch.until(({ failingSources }) => failingSources[0]?.numFailures === 2);
      clock.advance(2000);
      await handle;
      expect(outside()).to.deep.equal(["late1", "x1"]);
      expect(countsByComponent(handle.stats())["Feed"]).to.deep.equal({ starts: 3, adds: 1, errors: 2 });
    });

    it("is tried again when its constructor has thrown", async () => {
      class Picky implements LiveComponent {
        constructor() {
          if (++numAttempts === 1) throw new Error("not yet");
        }
        async process(): Promise<void> {}
        async processLive(): Promise<void> {}
      }
      const handle = app.withMain(() => mount(Picky)).update({ live: true });
      await new LiveWatch(handle).until(({ failingSources }) => failingSources.length === 1);
      clock.advance(1000);
      await handle;
      expect(numAttempts).to.equal(2);
    });
  });

  it("an item that fails is counted once, and handed over once, though a handler throws the error on; it was counted as the source's failure too", async () => {
    rethrows = true;
    const map = new LiveMap<string, string>();
    const handle = app
      .withMain(() =>
        mountEach(
          fn(function item(text: string) {
            throw new Error(text);
          }),
          map,
        ),
      )
      .update({ live: true });
    await new LiveWatch(handle).untilReady();
    map.set("a", "broken");
    await new LiveWatch(handle).untilReady(1);
    await handle.stop();
    expect(countsByComponent(handle.stats())["item"]).to.deep.equal({ starts: 1, errors: 1 });
    expect(handle.failures().map(({ path }) => path)).to.deep.equal(['/@item/"a"']);
    expect(caught.map(String)).to.deep.equal(["Error: broken"]);
  });

  it("an update of a live component gives what the handlers left of a failure to its handle, and reports it once", async () => {
    rethrows = true;
    let left: unknown;
    class Feed implements LiveComponent {
      async process(): Promise<void> {}

      async processLive(operator: LiveComponentOperator): Promise<void> {
        const mounted = await operator.update("x", failing);
        left = await failureOf(() => mounted.ready());
      }
    }
    const error = new Error("broken");
    const failing = fn(function failing() {
      throw error;
    });
    const handle = app.withMain(() => mount(Feed)).update({ live: true });
    await handle;
    expect(left).to.equal(error);
    expect(caught).to.deep.equal([error]);
    expect(handle.stats()?.total.numErrors).to.equal(1);
  });

  describe("a deletion that fails", () => {
    const map = new LiveMap<string, string>();
    const each = (): unknown => mountEach(doc, map);
    const pauseBegun = async (): Promise<void> => {
      while (!clock.due.some((at) => at - clock.now() <= 60_000)) await setImmediate();
    };

    /** Has the target refuse to remove anything; once opened, it begins to, and waits until it may finish. */
    const lockRemovals = () => {
      const gate = Promise.withResolvers<void>();
      const removing = Promise.withResolvers<void>();
      let isLocked = true;
      target.onApply = (actions) => {
        if (!actions.some(({ kind }) => kind === "remove")) return undefined;
        if (isLocked) throw new Error("locked");
        removing.resolve();
        return gate.promise;
      };
      return { removing: removing.promise, open: () => (isLocked = false), finish: gate.resolve };
    };

    beforeEach(() => {
      map.clear();
      map.set("a", "a1").set("h", "h1");
    });

    it("is retried with backoff", async () => {
      const handle = app.withMain(each).update({ live: true });
      const watch = new LiveWatch(handle);
      await watch.untilReady(2);
      target.onApply = (actions) => {
        if (actions.some(({ kind }) => kind === "remove")) throw new Error("locked");
      };
      map.delete("h");
      await watch.until(({ stats, status }) => stats.total.numErrors === 1 && status === "ready");
      await pauseBegun();
      clock.advance(1000);
      await watch.until(({ stats }) => stats.total.numErrors === 2);
      await pauseBegun();
      expect(outside()).to.deep.equal(["a1", "h1"]);
      target.onApply = undefined;
      clock.advance(2000);
      await watch.until(({ stats }) => stats.total.numDeletes === 1);
      expect(outside()).to.deep.equal(["a1"]);
      await handle.stop();
    });

    it("is finished before a component is mounted that comes back during a retry", async () => {
      const handle = app.withMain(each).update({ live: true });
      const watch = new LiveWatch(handle);
      await watch.untilReady(2);
      const lock = lockRemovals();
      map.delete("h");
      await watch.until(({ stats, status }) => stats.total.numErrors === 1 && status === "ready");
      await pauseBegun();
      lock.open();
      clock.advance(1000);
      await lock.removing;
      map.set("h", "h1");
      for (let turn = 0; turn < 20; turn++) await setImmediate();
      expect(calls).to.deep.equal(["a1", "h1"]);
      lock.finish();
      await watch.untilReady(5);
      expect(calls).to.deep.equal(["a1", "h1", "h1"]);
      expect(outside()).to.deep.equal(["a1", "h1"]);
      await handle.stop();
      expect(handle.failures()).to.have.lengthOf(1);
      expect(await app.update(each)).to.deep.equal({ doc: { starts: 2, unchanged: 2 } });
    });

    it("lets a run end that is aborted in the middle of a further try while others wait, which hung", async () => {
      const abort = new AbortController();
      const handle = app.withMain(each).update({ live: true, signal: abort.signal });
      const watch = new LiveWatch(handle);
      await watch.untilReady(2);
      const lock = lockRemovals();
      map.delete("h");
      map.delete("a");
      await watch.until(({ stats, status }) => stats.total.numErrors === 2 && status === "ready");
      await pauseBegun();
      lock.open();
      clock.advance(1000);
      await lock.removing;
      map.set("z", "z1");
      for (let turn = 0; turn < 20; turn++) await setImmediate();
      const reason = new Error("enough");
      abort.abort(reason);
      await setImmediate();
      lock.finish();
      expect(await failureOf(() => handle.result())).to.equal(reason);
      expect(calls).to.not.include("z1");
    });

    it("is not retried when the component has come back", async () => {
      const handle = app.withMain(each).update({ live: true });
      const watch = new LiveWatch(handle);
      await watch.untilReady(2);
      target.onApply = (actions) => {
        if (actions.some(({ kind }) => kind === "remove")) throw new Error("locked");
      };
      map.delete("h");
      await watch.until(({ stats, status }) => stats.total.numErrors === 1 && status === "ready");
      target.onApply = undefined;
      map.set("h", "h1");
      await watch.until(({ stats, status }) => stats.total.numFinished === 5 && status === "ready");
      clock.advance(120_000);
      await setImmediate();
      await handle.stop();
      expect(outside()).to.deep.equal(["a1", "h1"]);
      expect(await app.update(each)).to.deep.equal({ doc: { starts: 2, unchanged: 2 } });
    });
  });
});
