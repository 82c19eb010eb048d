import { expect } from "chai";
import { fn, LiveMap, mountEach, type LiveMapFeed } from "../../lib/index.ts";
import { createCountingApp } from "../engine/counting-app.ts";
import { LiveWatch } from "../engine/live/live-watch.ts";
import { createTestEnvironment, type TestEnvironment } from "../test-environment.ts";
import { until } from "../until.ts";
import { createMetricHost, type MetricHost } from "./metric-host.ts";

describe("The exported metrics of a live run", () => {
  let host: MetricHost;
  let test: TestEnvironment;
  let gate: PromiseWithResolvers<void>;

  beforeEach(async () => {
    host = createMetricHost();
    test = await createTestEnvironment({ meterProvider: host.provider });
    gate = Promise.withResolvers();
  });

  afterEach(async () => {
    gate.resolve();
    await test[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  });

  const work = fn(async function work(isSlow: boolean) {
    if (isSlow) await gate.promise;
  });

  /** What is exported now under a name; `undefined` for nothing. */
  async function valueOf(name: string): Promise<number | undefined> {
    return (await host.collect()).find((point) => point.name === `tidemark.${name}`)?.value;
  }

  const follow = (feed: LiveMapFeed<string, boolean>) => {
    const handle = createCountingApp(test)
      .withMain(() => mountEach(work, feed))
      .update({ live: true });
    return { handle, watch: new LiveWatch(handle) };
  };

  it("say whether it has caught up, and how old its oldest pending change is", async () => {
    const map = new LiveMap<string, boolean>([["a", false]]);
    const { handle, watch } = follow(map);
    await watch.untilReady(1);
    expect(await valueOf("live.ready")).to.equal(1);
    expect(await valueOf("live.lag")).to.equal(0);
    expect(await valueOf("live.failing_sources")).to.equal(0);
    map.set("b", true);
    await watch.until(({ status }) => status === "running");
    expect(await valueOf("live.ready")).to.equal(0);
    const lag = await valueOf("live.lag");
    expect(lag).to.be.at.least(0);
    await until(async () => (await valueOf("live.lag"))! > lag!, { explain: () => "it grows" });
    gate.resolve();
    await watch.untilReady(2);
    expect(await valueOf("live.ready")).to.equal(1);
    await handle.stop();
    for (const name of ["live.ready", "live.lag", "live.failing_sources"]) {
      expect(await valueOf(name), `${name}: nothing is live any more`).to.equal(0);
    }
  });

  it("are behind since its start, before it has caught up once", async () => {
    const map = new LiveMap<string, boolean>([["a", true]]);
    const { handle, watch } = follow(map);
    await watch.until(({ stats }) => stats.byComponent["work"]?.numInProgress === 1);
    expect(await valueOf("live.ready")).to.equal(0);
    expect(await valueOf("live.lag")).to.be.at.least(0);
    expect(await valueOf("run.last_success.timestamp")).to.equal(undefined);
    gate.resolve();
    await watch.untilReady(1);
    await handle.stop();
  });

  it("take catching up for a success", async () => {
    const map = new LiveMap<string, boolean>([["a", false]]);
    const { handle, watch } = follow(map);
    await watch.untilReady(1);
    const first = await valueOf("run.last_success.timestamp");
    expect(first).to.be.at.least(watch.last!.caughtUpAt!.getTime() / 1000);
    map.set("b", false);
    await watch.untilReady(2);
    const second = await valueOf("run.last_success.timestamp");
    expect(second).to.be.at.least(watch.last!.caughtUpAt!.getTime() / 1000);
    expect(second).to.be.at.least(first!);
    await handle.stop();
  });

  it("take no catching up for a success while a source fails", async () => {
    const map = new LiveMap<string, boolean>([["a", false]]);
    const broken: LiveMapFeed<string, boolean> = { watch: () => Promise.reject(new Error("no such host")) };
    const both = async (): Promise<void> => {
      await mountEach("map", work, map);
      await mountEach("broken", work, broken);
    };
    const handle = createCountingApp(test).withMain(both).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(2);
    map.set("b", false);
    await watch.untilReady(3);
    expect(await valueOf("live.ready")).to.equal(1);
    expect(await valueOf("run.last_success.timestamp")).to.equal(undefined);
    await handle.stop();
  });

  it("count the sources that fail", async () => {
    const broken: LiveMapFeed<string, boolean> = {
      async watch(subscriber) {
        await subscriber.updateAll([["a", false]]);
        await subscriber.markReady();
        throw new Error("the source is gone");
      },
    };
    const { handle, watch } = follow(broken);
    await watch.until(({ failingSources }) => failingSources.length > 0);
    expect(await valueOf("live.failing_sources")).to.equal(1);
    await handle.stop();
  });

  it("have none of these for a run that is not live", async () => {
    await createCountingApp(test).update(() => mountEach(work, new LiveMap<string, boolean>([["a", false]])));
    for (const name of ["live.ready", "live.lag", "live.failing_sources"]) {
      expect(await valueOf(name), name).to.equal(undefined);
    }
  });
});
