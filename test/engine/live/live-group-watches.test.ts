import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { stateOf } from "../../../lib/app/environment.ts";
import {
  declareTargetState,
  fn,
  LiveMap,
  mount,
  mountEach,
  statsGroup,
  type LiveMapSubscriber,
  type StatsGroupHandle,
  type UpdateHandle,
  type UpdateSnapshot,
} from "../../../lib/index.ts";
import { FakeClock } from "../../fake-clock.ts";
import { until } from "../../until.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { useRecordingTarget } from "../targets/recording-target.ts";
import { LiveWatch } from "./live-watch.ts";

describe("A watch of a stats group with live members", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();
  const doc = fn({ memo: true }, async function doc(text: string) {
    await setImmediate();
    declareTargetState(target.provider, text, text);
  });
  let map: LiveMap<string, string>;
  let gate: PromiseWithResolvers<void>;
  let handle: UpdateHandle<unknown> | undefined;

  /** A source that is ready when the gate is open. */
  const gated = {
    async watch(subscriber: LiveMapSubscriber<string, string>): Promise<void> {
      await subscriber.updateAll([["slow", "slow"]]);
      await gate.promise;
      await subscriber.markReady();
      await new Promise((resolve) => subscriber.signal.addEventListener("abort", resolve));
    },
  };

  const mountBoth = async (): Promise<void> => {
    await mountEach("map", doc, map);
    await mountEach("gated", doc, gated);
  };
  const open = (title = "Docs"): Promise<StatsGroupHandle> =>
    statsGroup(title, async (group) => {
      await mountBoth();
      return group;
    });
  const start = (main: () => Promise<unknown>): LiveWatch<unknown> => {
    handle = app.withMain(main).update({ live: true });
    return new LiveWatch(handle);
  };
  const turns = async (count: number): Promise<void> => {
    for (let turn = 0; turn < count; turn++) await setImmediate();
  };
  const endOf = ({ last }: LiveWatch<null>) => ({ status: last?.status, final: last?.final });
  const AT_CATCH_UP = { status: "ready", final: false };
  const WITH_GROUP = { status: "ready", final: true };

  beforeEach(() => {
    stateOf(test.environment).clock = new FakeClock();
    map = new LiveMap([["a", "a1"]]);
    gate = Promise.withResolvers();
  });

  afterEach(async () => {
    gate.resolve();
    await handle?.stop();
    handle = undefined;
  });

  const NUM_TURNS = 30;

  for (let turn = 0; turn <= NUM_TURNS + 10; turn += 2) {
    it(`ends ready in the function that awaits it, with a change ${turn} turns after its beginning`, async () => {
      const seen: UpdateSnapshot<null>[] = [];
      const begun = Promise.withResolvers<void>();
      const run = start(async () => {
        begun.resolve();
        const group = await open();
        for await (const snapshot of group.watch()) seen.push(snapshot);
      });
      await begun.promise;
      const opening = turns(NUM_TURNS).then(() => gate.resolve());
      await turns(turn);
      map.set("b", "b1").set("a", "a2");
      await opening;
      await run.until(({ status }) => status === "ready");
      expect(seen.at(-1)).to.deep.include(AT_CATCH_UP);
      expect(seen.at(-1)?.stats.total.numInProgress).to.equal(0);
      await until(() => target.outside.has("a2") && target.outside.has("b1"), { explain: () => [...target.outside] });
    });
  }

  it("ends ready when it begins after the catch-up, while a change waits for the function to end", async () => {
    gate.resolve();
    const seen: UpdateSnapshot<null>[] = [];
    const run = start(async () => {
      const group = await open();
      await until(() => group.stats()?.total.numFinished === 2, { next: setImmediate, explain: () => group.stats() });
      for await (const _snapshot of group.watch());
      map.set("b", "b1");
      await turns(5);
      for await (const snapshot of group.watch()) seen.push(snapshot);
    });
    await run.until(({ status }) => status === "ready");
    expect(seen).to.have.lengthOf(1);
    expect(seen[0]).to.deep.include(AT_CATCH_UP);
    await until(() => target.outside.has("b1"), { explain: () => [...target.outside] });
  });

  /** Ways to open a group and mount its members: each gives the handles of the groups that it has opened. */
  const FORMS: Record<string, () => Promise<StatsGroupHandle[]>> = {
    "with a callback": async () => [await open()],
    async "with `using`"() {
      using group = statsGroup("Docs");
      await mountBoth();
      return [group];
    },
    "around another one": () =>
      statsGroup("Outer", async (outer) => {
        const inner = await open("Inner");
        return [outer, inner];
      }),
    "around a component with live members": () =>
      statsGroup("Docs", async (group) => {
        await mount(fn({ name: "section" }, mountBoth));
        return [group];
      }),
  };

  for (const [form, openGroups] of Object.entries(FORMS)) {
    it(`ends ready, opened ${form}, in the function that awaits it`, async () => {
      const watches: LiveWatch<null>[] = [];
      const run = start(async () => {
        for (const group of await openGroups()) watches.push(new LiveWatch(group));
        await Promise.all(watches.map((watch) => watch.ended));
      });
      await turns(5);
      gate.resolve();
      await run.until(({ status }) => status === "ready");
      for (const watch of watches) expect(endOf(watch)).to.deep.equal(AT_CATCH_UP);
    });

    it(`goes on with its members, opened ${form}, when the function has returned before the group was ready`, async () => {
      const watches: LiveWatch<null>[] = [];
      const run = start(async () => {
        for (const group of await openGroups()) watches.push(new LiveWatch(group));
      });
      await until(() => watches.length > 0, { next: setImmediate, explain: () => run.last });
      await turns(5);
      gate.resolve();
      await run.until(({ status }) => status === "ready");
      map.set("b", "b1");
      await watches.at(-1)!.until(({ stats }) => stats.byComponent["doc"]?.numFinished === 3);
      expect(watches.map(({ last }) => last?.final)).not.to.include(true);
      await handle!.stop();
      await Promise.all(watches.map((watch) => watch.ended));
      for (const watch of watches) expect(endOf(watch)).to.deep.equal(WITH_GROUP);
    });
  }

  it("ends ready in the body of a group that outlives its function, which would keep the run from catching up", async () => {
    const seen: UpdateSnapshot<null>[] = [];
    const run = start(async () => {
      void statsGroup("Outer", async () => {
        const group = await open("Inner");
        for await (const snapshot of group.watch()) seen.push(snapshot);
      });
      await Promise.resolve();
    });
    await turns(5);
    gate.resolve();
    await run.until(({ status }) => status === "ready");
    expect(seen.at(-1)).to.deep.include(AT_CATCH_UP);
  });

  it("is decided on when the group becomes ready, for each function that has begun one", async () => {
    const watches: Record<string, LiveWatch<null>> = {};
    const release = Promise.withResolvers<void>();
    const handed = Promise.withResolvers<StatsGroupHandle>();
    const run = start(async () => {
      const group = await open();
      await mount(function returned() {
        watches["returned"] = new LiveWatch(group);
      });
      await mount(async function running() {
        watches["running"] = new LiveWatch(group);
        watches["running, again"] = new LiveWatch(group);
        await release.promise;
      });
      watches["main"] = new LiveWatch(group);
      handed.resolve(group);
    });
    const group = await handed.promise;
    watches["outside"] = new LiveWatch(group);
    await turns(5);
    gate.resolve();
    await Promise.all([watches["running"]!.ended, watches["running, again"]!.ended]);
    release.resolve();
    await run.until(({ status }) => status === "ready");
    const late = new LiveWatch(group);
    map.set("b", "b1");
    await watches["returned"]!.until(({ stats }) => stats.total.numFinished === 3);
    await handle!.stop();
    await Promise.all([...Object.values(watches), late].map((watch) => watch.ended));
    expect(Object.fromEntries(Object.entries(watches).map(([name, watch]) => [name, endOf(watch)]))).to.deep.equal({
      returned: WITH_GROUP,
      running: AT_CATCH_UP,
      "running, again": AT_CATCH_UP,
      main: WITH_GROUP,
      outside: WITH_GROUP,
    });
    expect(endOf(late)).to.deep.equal(WITH_GROUP);
  });

  it("ends with the state of the catch-up for a watcher that is slower than its function", async () => {
    const slow = Promise.withResolvers<AsyncIterator<UpdateSnapshot<null>>>();
    const run = start(async () => {
      const group = await open();
      slow.resolve(group.watch()[Symbol.asyncIterator]());
      await until(() => group.stats()?.total.numFinished === 2, { next: setImmediate, explain: () => group.stats() });
      gate.resolve();
      for await (const _snapshot of group.watch());
    });
    const iterator = await slow.promise;
    await run.until(({ status }) => status === "ready");
    map.set("b", "b1");
    await run.until(({ status }) => status === "running");
    expect((await iterator.next()).value).to.deep.include(AT_CATCH_UP);
    expect((await iterator.next()).done).to.equal(true);
  });
});
