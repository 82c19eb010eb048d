import { expect } from "chai";
import type { Report } from "../../lib/progress/report.ts";
import type { RunTally } from "../../lib/progress/run-tally.ts";
import { Tally } from "../../lib/progress/tally.ts";
import { createMetricHost, type MetricHost } from "../app/metric-host.ts";
import { FakeClock } from "../fake-clock.ts";

describe("Tally.exportTo", () => {
  let tally: Tally;
  let own: MetricHost;
  let added: MetricHost;
  const environment = {};

  beforeEach(() => {
    tally = new Tally({ clock: new FakeClock() });
    own = createMetricHost();
    added = createMetricHost();
  });

  afterEach(async () => {
    await own[Symbol.asyncDispose]();
    await added[Symbol.asyncDispose]();
  });

  function begin(app = "app", where: object = environment): RunTally {
    return tally.begin({ app, environment: where, isUpdate: true, isLive: false, slotLimit: 4 }, own.provider);
  }

  async function end(run: RunTally, ...reports: readonly Report[]): Promise<void> {
    for (const report of reports) await tally.close(report);
    tally.end(run, "success");
  }

  /** What is exported of the component `doc`, by the name of the instrument. */
  async function exported(host: MetricHost, app = "app"): Promise<Record<string, number>> {
    const points = (await host.collect()).filter(
      ({ attributes }) => attributes["app"] === app && attributes["component"] === "doc",
    );
    return Object.fromEntries(points.map(({ name, value }) => [name.replace("tidemark.", ""), value]));
  }

  it("exports an update in progress with all that it has counted, handed over or not", async () => {
    const run = begin();
    const report = tally.open({ app: "app", title: null, run });
    const cell = report.cell("doc");
    for (let index = 0; index < 3; index++) cell.hit();
    cell.start();
    cell.start();
    await tally.flush();
    cell.cancel();
    await tally.flush();
    cell.hit();
    cell.enqueue();
    tally.exportTo(added.provider);
    const seen = await exported(added);
    expect(seen).to.deep.equal({
      "component.execution.starts": 6,
      "component.unchanged": 4,
      "component.adds": 0,
      "component.deletes": 0,
      "component.reprocesses": 0,
      "component.errors": 0,
      "component.cancellations": 1,
      "component.active": 1,
      "queue.size": 1,
    });
    expect(await exported(own), "the same as elsewhere").to.deep.equal(seen);
    cell.finish("adds", 5);
    await end(run, report);
    expect(await exported(added)).to.deep.equal(await exported(own));
  });

  it("exports later updates, and none that have ended", async () => {
    const past = begin();
    const report = tally.open({ app: "app", title: null, run: past });
    report.cell("doc").hit();
    await end(past, report);
    tally.exportTo(added.provider);
    expect(await exported(added)).to.deep.equal({});
    const next = begin();
    const later = tally.open({ app: "app", title: null, run: next });
    later.cell("doc").hit();
    expect((await exported(added))["component.unchanged"], "as of this moment").to.equal(1);
    await end(next, later);
    expect((await exported(own))["component.unchanged"]).to.equal(2);
  });

  it("exports only the updates of the environment that is given", async () => {
    const stop = tally.exportTo(added.provider, { environment });
    const [inside, outside] = [begin("inside"), begin("outside", {})];
    for (const run of [inside, outside]) {
      const report = tally.open({ app: run.app, title: null, run });
      report.cell("doc").hit();
      await end(run, report);
    }
    const points = await added.collect();
    expect(new Set(points.map(({ attributes }) => attributes["app"]))).to.deep.equal(new Set(["inside"]));
    stop();
  });

  it("ends when it is told to: nothing more is counted there", async () => {
    const stop = tally.exportTo(added.provider);
    const run = begin();
    const report = tally.open({ app: "app", title: null, run });
    const cell = report.cell("doc");
    cell.start();
    await tally.flush();
    stop();
    cell.finish("errors");
    cell.hit();
    await end(run, report);
    const later = begin();
    await end(later);
    const seen = await exported(added);
    expect(seen["component.execution.starts"]).to.equal(1);
    expect(seen["component.errors"]).to.equal(0);
    expect(seen["component.active"], "not looked at any more").to.equal(0);
    const completions = (await added.collect()).filter(({ name }) => name === "tidemark.run.completions");
    expect(completions.map(({ value }) => value)).to.deep.equal([0, 0, 0]);
  });

  it("counts starts, ends and executions in progress as of one moment", async () => {
    tally.exportTo(added.provider);
    const run = begin();
    const cell = tally.open({ app: "app", title: null, run }).cell("doc");
    for (let index = 0; index < 50; index++) {
      cell.start();
      if (index % 3 === 0) cell.finish("adds");
      if (index % 5 === 0) cell.hit();
      const seen = await exported(added);
      const ended = (seen["component.adds"] ?? 0) + (seen["component.unchanged"] ?? 0);
      expect(seen["component.active"]! + ended).to.equal(seen["component.execution.starts"]);
    }
  });

  it("sets a series of executions in progress to 0 when its last report has ended", async () => {
    const run = begin();
    const report = tally.open({ app: "app", title: null, run });
    report.cell("doc").start();
    expect((await exported(own))["component.active"]).to.equal(1);
    report.cell("doc").finish("adds");
    await end(run, report);
    expect((await exported(own))["component.active"]).to.equal(0);
    expect((await exported(own))["component.active"]).to.equal(0);
  });

  it("sums the counts of two reports in one series", async () => {
    const run = begin();
    const reports = [1, 2].map(() => tally.open({ app: "app", title: "Docs", run }));
    for (const report of reports) report.cell("doc").start();
    const seen = await exported(own);
    expect([seen["component.active"], seen["component.execution.starts"]]).to.deep.equal([2, 2]);
    await end(run, ...reports);
  });

  it("sums the counts of apps with the same exported name (bug: the executions in progress of one were lost)", async () => {
    const [one, other] = ['a"b', "a'b"].map((app) => ({ app, run: begin(app) }));
    for (const { app, run } of [one!, other!]) tally.open({ app, title: null, run }).cell("doc").start();
    const seen = await exported(own, "a'b");
    expect([seen["component.active"], seen["component.execution.starts"]]).to.deep.equal([2, 2]);
  });

  it("is not disturbed by a provider that has been shut down", async () => {
    tally.exportTo(added.provider);
    await added.provider.shutdown();
    const run = begin();
    const report = tally.open({ app: "app", title: null, run });
    report.cell("doc").hit();
    await end(run, report);
    expect((await exported(own))["component.unchanged"]).to.equal(1);
  });
});
