import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { stateOf } from "../../lib/app/environment.ts";
import {
  App,
  declareTargetState,
  fn,
  LiveMap,
  mountEach,
  statsGroup,
  type StatsGroupHandle,
  type UpdateHandle,
} from "../../lib/index.ts";
import { ABORT_GRACE_MS } from "../../lib/time/abort-grace.ts";
import { FakeClock } from "../fake-clock.ts";
import { useRecordingTarget } from "../engine/targets/recording-target.ts";
import { useTestEnvironment } from "../test-environment.ts";
import { until } from "../until.ts";

const never = (): Promise<never> => new Promise(() => {});

describe("StopLimit", () => {
  const test = useTestEnvironment();
  const target = useRecordingTarget();
  let clock: FakeClock;
  let map: LiveMap<string, string>;
  let isHung: () => Promise<void>;
  let numBegun = 0;
  let group: StatsGroupHandle | undefined;

  beforeEach(() => {
    clock = new FakeClock();
    stateOf(test.environment).clock = clock;
    map = new LiveMap();
    map.set("a", "1");
    isHung = async () => {};
    numBegun = 0;
  });

  const item = fn(async function item(value: string) {
    numBegun++;
    if (value === "hung") await isHung();
    declareTargetState(target.provider, "key", value);
  });
  const update = (): UpdateHandle<unknown> => {
    const main = fn(async function main() {
      await statsGroup("Group", async (opened) => {
        group = opened;
        await mountEach(item, map);
      });
      return "value";
    });
    return new App({ name: "app", environment: test.environment }, main).update({ live: true });
  };
  const caughtUp = async (handle: UpdateHandle<unknown>): Promise<void> => {
    for await (const { status } of handle.watch()) if (status === "ready") break;
    await until(() => clock.due.length > 0, { next: () => setImmediate(), explain: () => clock.due });
  };
  const begun = (count: number): Promise<void> =>
    until(() => numBegun >= count, { next: () => setImmediate(), explain: () => numBegun });

  it("finishes what is in progress, and leaves no timer", async () => {
    const gate = Promise.withResolvers<void>();
    isHung = () => gate.promise;
    const handle = update();
    await caughtUp(handle);
    map.set("a", "hung");
    await begun(2);
    const stopping = handle.stop();
    clock.advance(2999);
    gate.resolve();
    await stopping;
    expect(await handle).to.equal("value");
    expect(target.outside.get("key")).to.equal("hung");
    expect(clock.due).to.deep.equal([]);
  });

  it("gives up a component that does not end: the run has its result, and the next one makes up for it", async () => {
    isHung = never;
    const handle = update();
    await caughtUp(handle);
    map.set("a", "hung");
    await begun(2);
    const stopping = handle.stop();
    clock.advance(3000);
    await stopping;
    expect(await handle).to.equal("value");
    expect(handle.stats()?.total).to.deep.include({ numInProgress: 0, numErrors: 0 });
    const states = [];
    for await (const { final, stats } of group!.watch()) states.push({ final, inProgress: stats.total.numInProgress });
    expect(states).to.deep.equal([{ final: true, inProgress: 0 }]);
    isHung = async () => {};
    const next = update();
    await caughtUp(next);
    await next.stop();
    expect(target.outside.get("key")).to.equal("hung");
  });

  it("gives up a call of `apply` that does not end", async () => {
    const handle = update();
    await caughtUp(handle);
    const applying = Promise.withResolvers<void>();
    target.onApply = () => (applying.resolve(), never());
    map.set("a", "2");
    await applying.promise;
    const stopping = handle.stop();
    clock.advance(3000);
    await setImmediate();
    clock.advance(ABORT_GRACE_MS);
    await stopping;
    expect(await handle).to.equal("value");
    expect(handle.stats()?.total).to.deep.include({ numInProgress: 0, numErrors: 0 });
    target.onApply = undefined;
    const next = update();
    await caughtUp(next);
    await next.stop();
    expect(target.outside.get("key")).to.equal("2");
  });

  it("does not begin before the run has caught up", async () => {
    const gate = Promise.withResolvers<void>();
    isHung = () => gate.promise;
    map.set("a", "hung");
    const handle = update();
    const result = handle.result();
    await begun(1);
    const stopping = handle.stop();
    clock.advance(60_000);
    await setImmediate();
    gate.resolve();
    await stopping;
    expect(await result).to.equal("value");
    expect(target.outside.get("key")).to.equal("hung");
  });
});
