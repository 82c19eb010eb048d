import { expect } from "chai";
import { join } from "node:path";
import { unaccounted } from "../../grafana/src/expressions.ts";
import { ALERTS } from "../../grafana/src/alerts.ts";
import { METRICS } from "../../grafana/src/metrics.ts";
import { grownBy, sumBy } from "../../grafana/src/promql.ts";
import { RECORDING_RULES } from "../../grafana/src/recording-rules.ts";
import { CODE, DOCS, startObserved, type ObservedProcess } from "../prometheus/observed.ts";
import { startPrometheus, type Prometheus } from "../prometheus/prometheus.ts";
import { requireProgram } from "../require-program.ts";
import { createTempFolder } from "../temp-folder.ts";
import { readDashboards, type DashboardFile } from "./dashboard-files.ts";
import { interpolate, type Selection } from "./interpolate.ts";
import { formatResult, Ledger } from "./ledger.ts";
import { ask, askPanels, hasData, TIMING } from "./panel-queries.ts";
import { readPanelSum, type PanelSum } from "./panel-sum.ts";

const COUNTERS = [
  METRICS.starts,
  METRICS.unchanged,
  METRICS.adds,
  METRICS.deletes,
  METRICS.reprocesses,
  METRICS.errors,
  METRICS.cancellations,
];
const CELL = ["app", "group", "component"];
const ORDERS = "orders";
const BILLING = "billing (EU) | v1.5";
const SHIPPING = "shipping";
const RETURNS = "returns";
const RANGE = `${TIMING.rangeSeconds}s`;

const SELECTIONS: Readonly<Record<string, Selection>> = {
  All: {},
  "one app": { app: [ORDERS] },
  "two apps": { app: [ORDERS, BILLING] },
  "values with characters of regular expressions": { app: [BILLING], group: [CODE, DOCS], component: ["parse"] },
};

/** Queries that give nothing in a run, and why that is right. */
const EMPTY_BY_DESIGN: Readonly<Record<string, string>> = {
  "Tidemark / Overview / Alerts A": "no alert fires",
};

describe("Dashboards and rules, read by a real Prometheus from real runs", function () {
  this.timeout(120_000);
  const resources = new AsyncDisposableStack();
  let dashboards: readonly DashboardFile[];
  let observed: ObservedProcess;
  let prometheus: Prometheus;
  let dbPath: string;
  let ledger: Ledger;

  before(async function () {
    requireProgram(this, "prometheus");
    dashboards = await readDashboards();
    const folder = resources.use(await createTempFolder());
    dbPath = join(folder.path, "db");
    observed = resources.use(await startObserved(dbPath));
    prometheus = resources.use(await startPrometheus([observed.target]));
    ledger = new Ledger();
    await prometheus.untilScraped();
  });

  after(() => resources.disposeAsync());

  async function expectEqual(what: Ledger, expression: (counter: string) => string): Promise<void> {
    for (const counter of COUNTERS) {
      const result = await prometheus.query(sumBy(CELL, expression(counter)));
      expect(formatResult(result, CELL), counter).to.deep.equal(what.sums(counter, CELL));
    }
  }

  /** Compares what each panel that adds up shows with the processes that it is about. */
  async function expectSums(
    dashboard: DashboardFile,
    selection: Selection,
    ledgers: Readonly<Record<PanelSum["scope"], Ledger>>,
  ): Promise<{ readonly numSums: number; readonly empty: readonly string[] }> {
    let numSums = 0;
    const empty: string[] = [];
    for (const { name: query, series, target } of await askPanels(prometheus, dashboard, selection)) {
      if (!hasData(series)) empty.push(query);
      const sum = readPanelSum(target.expr);
      if (sum === undefined || !ledger.knows(sum.metric) || target.instant !== true) continue;
      numSums++;
      const used = Object.fromEntries(Object.entries(selection).filter(([key]) => sum.variables.includes(key)));
      expect(formatResult(series, sum.by), query).to.deep.equal(ledgers[sum.scope].sums(sum.metric, sum.by, used));
    }
    return { numSums, empty };
  }

  it("equal stats() after a first run that was over before it was scraped, as sums and as increase", async () => {
    ledger.enter(
      await observed.update({ app: ORDERS, docs: ["a", "b", "c", "broken d"], code: ["x", "y", "broken z"] }),
    );
    ledger.enter(await observed.update({ app: BILLING, docs: ["a"], code: ["x", "y"] }));
    await prometheus.untilScraped();
    await expectEqual(ledger, (counter) => counter);
    await expectEqual(ledger, (counter) => grownBy(counter, RANGE));
  });

  it("equal stats() while a second run is in progress, components in progress included", async () => {
    await observed.hold({ app: ORDERS, docs: ["a", "b v2", "held e"], code: ["x"] });
    await prometheus.untilScraped();
    const present = new Ledger();
    present.enter(await observed.look());
    const inProgress = await prometheus.query(sumBy(CELL, `${METRICS.inProgress}{app="${ORDERS}"}`));
    expect(formatResult(inProgress, CELL)).to.deep.equal(present.sums(METRICS.inProgress, CELL));
    expect(present.sums(METRICS.inProgress, ["component"])).to.include("component=index: 1");
    const running = await prometheus.query(sumBy(["app"], METRICS.runsActive));
    expect(formatResult(running, ["app"])).to.deep.equal([`app=${BILLING}: 0`, `app=${ORDERS}: 1`]);
    const [rest] = await prometheus.query(unaccounted((metric) => metric));
    expect(rest?.values, "started, and neither ended nor in progress").to.deep.equal([0]);
  });

  it("equal stats() after the second run", async () => {
    ledger.enter(await observed.release());
    await prometheus.untilScraped();
    await expectEqual(ledger, (counter) => counter);
    await expectEqual(ledger, (counter) => grownBy(counter, RANGE));
  });

  it("equal stats() after a run that was aborted, whose starts are more by the cancellations", async () => {
    await observed.hold({ app: BILLING, docs: ["a", "held b"], code: ["x", "y"] });
    await prometheus.untilScraped();
    const atAbort = await observed.look();
    ledger.enter(await observed.abort(), atAbort);
    await prometheus.untilScraped();
    expect(ledger.sums(METRICS.cancellations, ["app", "component"])).to.include.members([
      `app=${BILLING}, component=index: 1`,
      `app=${BILLING}, component=main: 1`,
    ]);
    await expectEqual(ledger, (counter) => counter);
    await expectEqual(ledger, (counter) => grownBy(counter, RANGE));
    const [rest] = await prometheus.query(unaccounted((metric) => metric));
    expect(rest?.values, "started, and neither ended, cancelled nor in progress").to.deep.equal([0]);
    for (const counter of COUNTERS) expect(ledger.sums(counter, []), counter).not.to.deep.equal([": 0"]);
  });

  for (const [name, selection] of Object.entries(SELECTIONS)) {
    it(`show something in every panel, and the sums of stats() where a panel adds up, for ${name}`, async () => {
      let numSums = 0;
      const empty: string[] = [];
      for (const dashboard of dashboards) {
        const answered = await expectSums(dashboard, selection, { now: ledger, last: ledger, range: ledger });
        numSums += answered.numSums;
        empty.push(...answered.empty);
      }
      expect(empty.toSorted()).to.deep.equal(Object.keys(EMPTY_BY_DESIGN));
      expect(numSums).to.be.greaterThan(20);
    });
  }

  it("offer the values of the labels in every variable", async () => {
    const values = new Map<string, readonly string[]>([
      ["job", ["tidemark"]],
      ["instance", [observed.target]],
      ["app", [BILLING, ORDERS]],
      ["group", [CODE, DOCS, "root"]],
      ["component", ["index", "main", "parse"]],
    ]);
    for (const { templating, title } of dashboards) {
      for (const { definition = "", name, type } of templating.list) {
        if (type === "datasource") continue;
        const [, series = "", label = ""] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? [];
        const match = interpolate(series, {}, TIMING);
        const found = await prometheus.get<string[]>(`label/${label}/values`, { "match[]": match });
        expect(found, `${title} $${name}`).to.deep.equal(values.get(name));
      }
    }
  });

  it("name only labels in their legends that the series have", async () => {
    for (const dashboard of dashboards) {
      for (const { name, series, target } of await askPanels(prometheus, dashboard)) {
        if (target.format === "heatmap") continue;
        const labels = [...target.legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!);
        for (const { metric } of series) expect(Object.keys(metric), name).to.include.members(labels);
        const distinct = new Set(series.map(({ metric }) => labels.map((label) => metric[label]).join("\n")));
        const numExpected = target.format === "table" ? distinct.size : series.length;
        expect(distinct.size, `${name}: one legend, one series`).to.equal(numExpected);
      }
    }
  });

  it("mark the start and the end of each run", async () => {
    const marks = new Map<string, readonly number[]>();
    for (const { expr, name } of dashboards[0]!.annotations.list) {
      const series = await ask(prometheus, interpolate(expr, {}, TIMING), false);
      marks.set(
        name,
        series.flatMap(({ values }) => values),
      );
    }
    expect(new Set(marks.get("Run started")), "the times of the starts").to.have.property("size", 4);
    expect(marks.get("Run ended"), "one point of time for each end").to.deep.equal([1, 1, 1, 1]);
    expect(marks.get("Alert")).to.deep.equal([]);
  });

  it("have rules that are evaluated without error and record something", async () => {
    interface Rule {
      readonly name: string;
      readonly type: "recording" | "alerting";
      readonly query: string;
      readonly health: string;
      readonly lastError?: string;
    }
    const { groups } = await prometheus.get<{ groups: { rules: Rule[] }[] }>("rules");
    const rules = groups.flatMap((group) => group.rules);
    expect(rules).to.have.length(RECORDING_RULES.length + ALERTS.length);
    for (const { health, lastError, name, query, type } of rules) {
      expect(health, `${name}: ${lastError ?? ""}`).to.equal("ok");
      const source = type === "recording" ? name : query;
      const isEmpty = !hasData(await prometheus.query(source));
      expect(isEmpty, `${name}: alerts give nothing while all is well`).to.equal(type === "alerting");
    }
  });

  it("equal stats() of the new process after a restart, and of both as increase, whether it counts more or less", async () => {
    const earlier = new Ledger();
    earlier.enter(await observed.update({ app: SHIPPING, docs: ["a", "b", "c"], code: ["x"] }));
    earlier.enter(await observed.update({ app: RETURNS, docs: ["a", "b", "c", "broken d"], code: ["x"] }));
    await prometheus.untilScraped();
    await observed[Symbol.asyncDispose]();
    await prometheus.until('up{job="tidemark"} == 0');
    observed = resources.use(await startObserved(`${dbPath}-new`, observed.port));
    const later = new Ledger();
    later.enter(await observed.update({ app: SHIPPING, docs: ["a", "b", "c", "d", "e"], code: ["x"] }));
    later.enter(await observed.update({ app: RETURNS, docs: ["a"], code: ["x"] }));
    await prometheus.untilScraped();
    const both = earlier.with(later);
    expect(both.sums(METRICS.adds, ["app", "component"]), "3, then 5; 3, then 1").to.include.members([
      `app=${SHIPPING}, component=index: 10`,
      `app=${RETURNS}, component=index: 6`,
    ]);
    const selector = `{app=~"${SHIPPING}|${RETURNS}"}`;
    await expectEqual(later, (counter) => `${counter}${selector}`);
    await expectEqual(both, (counter) => grownBy(`${counter}${selector}`, RANGE));
    const selection = { app: [SHIPPING, RETURNS] };
    for (const dashboard of dashboards) {
      await expectSums(dashboard, selection, { now: later, last: later, range: both });
    }
  });
});

describe("Dashboards, read by a real Prometheus when nothing has ever succeeded", function () {
  this.timeout(120_000);
  const resources = new AsyncDisposableStack();

  before(function () {
    requireProgram(this, "prometheus");
  });

  after(() => resources.disposeAsync());

  it("show something in every panel all the same", async () => {
    const folder = resources.use(await createTempFolder());
    const observed = resources.use(await startObserved(join(folder.path, "db")));
    const prometheus = resources.use(await startPrometheus([observed.target]));
    await prometheus.untilScraped();
    const broken = ["a", "b", "c", "d", "e", "f"].map((name) => `broken ${name}`);
    await observed.update({ app: ORDERS, docs: broken, code: broken, isFailing: true });
    await prometheus.until('ALERTS{alertname="TidemarkErrorRatioHigh"}');
    await prometheus.untilScraped();
    const empty: string[] = [];
    for (const dashboard of await readDashboards()) {
      for (const { name, series } of await askPanels(prometheus, dashboard)) if (!hasData(series)) empty.push(name);
    }
    expect(empty).to.deep.equal([]);
    const [age] = await prometheus.query("app:tidemark_run_success_age:seconds");
    expect(age?.values[0]).to.be.within(1, 60);
  });
});
