import { expect } from "chai";
import type { RunTally } from "../../../lib/progress/run-tally.ts";
import type { Report } from "../../../lib/progress/report.ts";
import { Tally } from "../../../lib/progress/tally.ts";
import { createMetricHost, type MetricHost } from "../../app/metric-host.ts";
import { FakeClock } from "../../fake-clock.ts";

describe("The exported times of an app", () => {
  let clock: FakeClock;
  let host: MetricHost;
  let tally: Tally;

  beforeEach(() => {
    clock = new FakeClock();
    host = createMetricHost();
    tally = new Tally({ clock });
  });

  afterEach(() => host[Symbol.asyncDispose]());

  function begin(isLive = false): { readonly run: RunTally; readonly report: Report } {
    const run = tally.begin({ app: "app", environment: {}, isUpdate: true, isLive, slotLimit: 4 }, host.provider);
    return { run, report: tally.open({ app: "app", title: null, run }) };
  }

  /** The values of instruments by name; of a histogram the sum. */
  async function exported(): Promise<Record<string, number>> {
    const points = (await host.collect()).filter(({ sum }) => sum !== 0);
    return Object.fromEntries(points.map(({ name, sum, value }) => [name.replace("tidemark.", ""), sum ?? value]));
  }

  it("are Unix times in seconds of its first update, the last one and the last success", async () => {
    for (const [result, startedAt] of [
      ["success", 1],
      ["error", 2.5],
    ] as const) {
      clock.advance(1000);
      const { report, run } = begin();
      expect(await exported()).to.include({ "run.active": 1, "run.start.timestamp": startedAt });
      clock.advance(500);
      await tally.close(report);
      tally.end(run, result);
      expect(await exported()).to.include({ "run.active": 0, "run.start.timestamp": startedAt });
    }
    expect(await exported()).to.include({ "app.start.timestamp": 1, "run.last_success.timestamp": 1.5 });
  });

  it("are those of the newest update and the newest success, though the clock was set back (bug: the latest dates)", async () => {
    clock.shiftDate(1_000_000_000);
    for (const isLive of [false, true]) {
      const { report, run } = begin(isLive);
      if (isLive) report.markReady();
      await tally.close(report);
      tally.end(run, "success");
    }
    clock.shiftDate(-999_000_000);
    const { report, run } = begin();
    expect(await exported()).to.include({ "run.start.timestamp": 1000, "run.last_success.timestamp": 1_000_000 });
    await tally.close(report);
    tally.end(run, "success");
    expect(await exported()).to.include({ "run.start.timestamp": 1000, "run.last_success.timestamp": 1000 });
    const live = begin(true);
    live.report.markReady();
    clock.shiftDate(-500_000);
    expect(await exported()).to.include({ "run.last_success.timestamp": 500 });
  });

  it("have the newest success of two live runs of one name, of which one has not caught up again since", async () => {
    const [stuck, current] = [begin(true), begin(true)];
    stuck.report.markReady();
    await exported();
    stuck.report.freshness.add({ at: clock.date() });
    clock.advance(5000);
    current.report.markReady();
    expect(await exported()).to.include({ "run.last_success.timestamp": 5 });
    current.report.freshness.add({ at: clock.date() });
    clock.advance(5000);
    expect(await exported()).to.include({ "run.last_success.timestamp": 5 });
  });

  it("have a lag that no setting of the clock changes", async () => {
    const { report } = begin(true);
    for (const shiftMs of [-3_600_000, 365 * 86_400_000]) {
      clock.shiftDate(shiftMs);
      clock.advance(1000);
      expect(await exported()).to.include({ "live.lag": shiftMs < 0 ? 1 : 2 });
    }
    report.markReady();
    const change = { at: new Date(clock.date().getTime() - 500) };
    report.freshness.add(change);
    for (const [index, shiftMs] of [-3_600_000, 365 * 86_400_000, -1000].entries()) {
      clock.shiftDate(shiftMs);
      clock.advance(1000);
      expect(await exported(), "the change was half a second old").to.include({ "live.lag": index + 1.5 });
    }
    report.freshness.remove(change);
    expect(await exported()).to.include({ "live.lag": 0 });
  });

  it("are the seconds that updates and components took", async () => {
    const { report, run } = begin();
    for (const ms of [20, 30]) {
      const started = report.activity.start({ cell: report.cell("doc"), path: "/", isWaiting: false });
      clock.advance(ms);
      report.activity.finish(started, "adds");
    }
    await tally.close(report);
    tally.end(run, "success");
    const times = await exported();
    expect(times["component.duration"]).to.be.closeTo(0.05, 1e-9);
    expect(times["run.duration"]).to.be.closeTo(0.05, 1e-9);
  });

  it("are the lag of a live update: since its start until it has caught up, then of the oldest pending change", async () => {
    const { report } = begin(true);
    clock.advance(1500);
    expect(await exported()).to.include({ "live.ready": 0, "live.lag": 1.5 });
    report.markReady();
    expect(await exported()).to.include({ "live.ready": 1, "live.lag": 0 });
    const change = { at: clock.date() };
    report.freshness.add(change);
    clock.advance(2500);
    expect(await exported()).to.include({ "live.ready": 0, "live.lag": 2.5 });
    report.freshness.remove(change);
    expect(await exported()).to.include({ "live.ready": 1, "live.lag": 0 });
  });
});
