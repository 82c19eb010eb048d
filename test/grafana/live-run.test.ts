import { expect } from "chai";
import { join } from "node:path";
import { METRICS } from "../../grafana/src/metrics.ts";
import { startObserved, type ObservedProcess } from "../prometheus/observed.ts";
import { startPrometheus, type Prometheus } from "../prometheus/prometheus.ts";
import { requireProgram } from "../require-program.ts";
import { createTempFolder } from "../temp-folder.ts";
import { panelsOf, readDashboards } from "./dashboard-files.ts";
import { interpolate } from "./interpolate.ts";
import { ask, TIMING } from "./panel-queries.ts";

const APP = "followed";

describe("Panels of live runs, read by a real Prometheus from a run that follows its sources", function () {
  this.timeout(120_000);
  const resources = new AsyncDisposableStack();
  let observed: ObservedProcess;
  let prometheus: Prometheus;

  before(async function () {
    requireProgram(this, "prometheus");
    const folder = resources.use(await createTempFolder());
    observed = resources.use(await startObserved(join(folder.path, "db")));
    prometheus = resources.use(await startPrometheus([observed.target]));
    await prometheus.untilScraped();
  });

  after(() => resources.disposeAsync());

  async function valueOf(expr: string): Promise<number | undefined> {
    return (await prometheus.query(expr))[0]?.values[0];
  }

  async function expectState(expected: { readonly ready: 0 | 1; readonly failing: number }): Promise<void> {
    await prometheus.untilScraped();
    expect(await valueOf(METRICS.liveReady)).to.equal(expected.ready);
    expect(await valueOf(METRICS.liveFailingSources)).to.equal(expected.failing);
    const lag = await valueOf(METRICS.liveLag);
    if (expected.ready === 1) expect(lag).to.equal(0);
    else expect(lag).to.be.greaterThan(0);
  }

  it("show that it is behind until it has caught up for the first time, and has not succeeded before", async () => {
    await observed.follow(APP, "held");
    await expectState({ ready: 0, failing: 0 });
    expect(await valueOf(METRICS.lastSuccess)).to.equal(undefined);
    observed.resume();
    await prometheus.until(`${METRICS.liveReady} == 1`);
    await expectState({ ready: 1, failing: 0 });
  });

  it("show that it goes on succeeding while nothing changes", async () => {
    const before = await valueOf(METRICS.lastSuccess);
    await prometheus.untilScraped();
    expect(await valueOf(METRICS.lastSuccess)).to.be.greaterThan(before!);
  });

  it("show that it is behind again while a change is pending", async () => {
    await observed.set("held again");
    await expectState({ ready: 0, failing: 0 });
    const before = await valueOf(METRICS.lastSuccess);
    await prometheus.untilScraped();
    expect(await valueOf(METRICS.lastSuccess)).to.equal(before);
    observed.resume();
    await prometheus.until(`${METRICS.liveReady} == 1`);
  });

  it("show a source that fails", async () => {
    observed.fail();
    await prometheus.until(`${METRICS.liveFailingSources} == 1`);
    const before = await valueOf(METRICS.lastSuccess);
    await prometheus.untilScraped();
    expect(await valueOf(METRICS.liveFailingSources)).to.equal(1);
    expect(await valueOf(METRICS.lastSuccess), "it does not succeed any more").to.equal(before);
  });

  it("draw all of that", async () => {
    const drawn = new Map<string, readonly number[]>();
    for (const panel of panelsOf((await readDashboards())[1]!)) {
      const { expr } = panel.targets[0]!;
      if (!expr.includes("tidemark_live_")) continue;
      const series = await ask(prometheus, interpolate(expr, { app: [APP] }, TIMING), false);
      expect(
        series.map(({ metric }) => metric),
        panel.title,
      ).to.deep.equal([{ app: APP }]);
      drawn.set(panel.title, series[0]!.values);
    }
    expect([...drawn.keys()]).to.deep.equal(["Caught up", "Lag", "Failing sources"]);
    expect(drawn.get("Caught up")).to.include.members([0, 1]);
    expect(Math.max(...drawn.get("Lag")!)).to.be.greaterThan(0);
    expect(Math.min(...drawn.get("Lag")!)).to.equal(0);
    expect(drawn.get("Failing sources")).to.include.members([0, 1]);
  });
});
