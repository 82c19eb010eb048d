import { expect } from "chai";
import { LABELS_OF_METRIC, findUnknownNames, readPromql } from "../prometheus/promql-facts.ts";
import { panelsOf, readDashboards, type DashboardFile, type PanelFile, type Target } from "./dashboard-files.ts";
import { interpolate } from "./interpolate.ts";
import { TIMING } from "./panel-queries.ts";

interface Query {
  readonly name: string;
  readonly panel: PanelFile;
  readonly target: Target;
  readonly expr: string;
}

const UIDS = ["tidemark-overview", "tidemark-run"];
/** The kinds of panels that show one moment. */
const INSTANT_TYPES = ["stat", "table", "bargauge"];

describe("Dashboards", () => {
  let dashboards: readonly DashboardFile[];
  let queries: readonly Query[];

  before(async () => {
    dashboards = await readDashboards();
    queries = dashboards.flatMap((dashboard) =>
      panelsOf(dashboard).flatMap((panel) =>
        panel.targets.map((target) => ({
          name: `${dashboard.title} / ${panel.title} ${target.refId}`,
          panel,
          target,
          expr: interpolate(target.expr, {}, TIMING),
        })),
      ),
    );
    expect(queries).to.have.length.greaterThan(60);
  });

  it("keep their uids, by which Grafana knows them, and the version of the format", () => {
    expect(dashboards.map(({ uid }) => uid)).to.deep.equal(UIDS);
    expect(dashboards.map(({ schemaVersion }) => schemaVersion)).to.deep.equal([42, 42]);
  });

  it("name only metrics and labels that are exported", () => {
    for (const { expr, name } of queries) expect(findUnknownNames(expr), name).to.deep.equal([]);
    for (const { annotations } of dashboards) {
      for (const { expr, name } of annotations.list) {
        expect(findUnknownNames(interpolate(expr, {}, TIMING)), name).to.deep.equal([]);
      }
    }
  });

  it("find a metric, a label and a bracket that are wrong", () => {
    expect(findUnknownNames("sum(tidemark_component_add_total)")).to.deep.equal(["tidemark_component_add_total"]);
    expect(findUnknownNames("sum by (el) (tidemark_component_duration_seconds_bucket)")).to.deep.equal(["el"]);
    expect(findUnknownNames('up{app="x"}')).to.deep.equal(["up{app}"]);
    expect(findUnknownNames("sum(rate(up[5m])")).to.have.length(1);
  });

  it("use every exported metric but those of single buckets", () => {
    const used = new Set(queries.flatMap(({ expr }) => readPromql(expr).selectors.map(({ metric }) => metric)));
    for (const { annotations } of dashboards) {
      for (const { expr } of annotations.list) {
        for (const { metric } of readPromql(interpolate(expr, {}, TIMING)).selectors) used.add(metric);
      }
    }
    const exported = [...LABELS_OF_METRIC.keys()].filter((metric) => metric.startsWith("tidemark_"));
    const unused = exported.filter((metric) => !used.has(metric));
    expect(unused).to.deep.equal(["tidemark_component_duration_seconds_count", "tidemark_run_duration_seconds_bucket"]);
  });

  it("let the variables choose in every selector, by group and component where a metric has them", () => {
    for (const { expr, name } of queries) {
      const chosen = name.startsWith("Tidemark / Run /") ? ["app", "group", "component"] : ["app"];
      for (const { labels, metric } of readPromql(expr).selectors) {
        if (metric === "ALERTS") continue;
        expect(labels, name).to.include.members(["job", "instance"]);
        const own = LABELS_OF_METRIC.get(metric ?? "") ?? [];
        const choosable = chosen.filter((label) => own.includes(label));
        if (choosable.length > 0) expect(labels, `${name}: ${metric}`).to.include.members(choosable);
      }
    }
  });

  it("ask each kind of panel for what it can draw", () => {
    for (const { expr, name, panel, target } of queries) {
      expect(target.instant === true, name).to.equal(INSTANT_TYPES.includes(panel.type));
      expect(target.format, name).to.equal({ table: "table", heatmap: "heatmap" }[panel.type] ?? "time_series");
      if (panel.type === "heatmap") expect(readPromql(expr).groupings, name).to.deep.equal(["le"]);
    }
  });

  it("have the unit of what they show", () => {
    for (const { name, panel, target } of queries) {
      const renamed = panel.transformations?.[1]?.options["renameByName"]?.[`Value #${target.refId}`];
      const override = panel.fieldConfig?.overrides.find(({ matcher }) => matcher.options === renamed);
      const own = override?.properties.find(({ id }) => id === "unit")?.value;
      expect(own ?? panel.options?.yAxis?.unit ?? panel.fieldConfig?.defaults.unit, name).to.equal(unitOf(target.expr));
    }
  });

  it("name each column of a table, the labels first", () => {
    for (const { panel, target } of queries) {
      if (panel.type !== "table") continue;
      const names = panel.transformations?.[1]?.options["renameByName"] ?? {};
      const field = panel.targets?.length === 1 ? "Value" : `Value #${target.refId}`;
      expect(names[field], `${panel.title} ${field}`).to.equal(target.legendFormat);
      const order = panel.transformations?.[1]?.options["indexByName"] ?? {};
      const labels = readPromql(interpolate(target.expr, {}, TIMING)).resultLabels.filter((label) => label !== "le");
      expect(Object.keys(order).slice(0, labels.length), panel.title).to.deep.equal(labels);
    }
  });

  it("have a question, a legend and the selected data source in each panel", () => {
    for (const { name, panel, target } of queries) {
      expect(panel.description, name).to.match(/^[A-Z].*\?/);
      expect(target.legendFormat, name).not.to.equal("");
      expect(panel.datasource?.uid, name).to.equal("${datasource}");
    }
  });

  it("number panels and queries, and lay panels out without overlaps", () => {
    for (const { panels, title } of dashboards) {
      expect(new Set(panels.map(({ id }) => id)), title).to.have.property("size", panels.length);
      const taken = new Set<string>();
      for (const { gridPos, targets = [], title: panel } of panels) {
        expect(targets.map(({ refId }) => refId)).to.deep.equal(targets.map((_, index) => "ABCDEFGHIJ"[index]));
        expect(gridPos.x + gridPos.w, panel).to.be.at.most(24);
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            expect(taken.has(`${x},${y}`), `${panel} at ${x},${y}`).to.equal(false);
            taken.add(`${x},${y}`);
          }
        }
      }
    }
  });

  it("hide nothing in menus", () => {
    expect(JSON.stringify(dashboards)).not.to.include("inControlsMenu");
  });
});

function unitOf(expr: string): string {
  if (expr.endsWith("/ ($__rate_interval_ms / 1000)")) return "cps";
  if (/\/ clamp_min\(|_ratio\{/.test(expr)) return "percentunit";
  if (/_bytes\{/.test(expr)) return "bytes";
  const isTime =
    /^(topk\(10, |max\()?(histogram_quantile|time\(\))|duration_seconds(_sum|_bucket)?\{|^max by \(\w+(, \w+)*\) \(\w+_seconds\{/;
  return isTime.test(expr) ? "s" : "none";
}
