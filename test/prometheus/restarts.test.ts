import { expect } from "chai";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { total } from "../../grafana/src/expressions.ts";
import { METRICS } from "../../grafana/src/metrics.ts";
import { grownBy, sumBy } from "../../grafana/src/promql.ts";
import { ofApps } from "../../grafana/src/selectors.ts";
import { interpolate } from "../grafana/interpolate.ts";
import { requireProgram } from "../require-program.ts";
import { runCommand } from "../run-command.ts";
import { createTempFolder } from "../temp-folder.ts";

/** What two processes in a row export of one counter, from minute to minute; how much it has grown and what it shows last. */
interface Restart {
  readonly earlier: string;
  readonly later: string;
  readonly grown: number;
  readonly last: number;
}

const TIMING = { rangeSeconds: 30 * 60, stepSeconds: 60, scrapeSeconds: 60 };

/** By app: the series of this package's exporter have the process in their labels. */
const TOLD_APART: Readonly<Record<string, Restart>> = {
  higher: { earlier: "3x3 stale", later: "_x5 5x6", grown: 8, last: 5 },
  same: { earlier: "3x3 stale", later: "_x5 3x6", grown: 6, last: 3 },
  lower: { earlier: "3x3 stale", later: "_x5 2x6", grown: 5, last: 2 },
  "lower, seen from 0 on": { earlier: "0 3x3 stale", later: "_x5 0 2x6", grown: 5, last: 2 },
  "without a gap": { earlier: "3x3 stale", later: "_x4 5x7", grown: 8, last: 5 },
  "not again": { earlier: "3x3 stale", later: "_x11", grown: 3, last: 3 },
};

/** The series of another exporter may go on: what is lost then is said in docs/observability.md. */
const TAKEN_OVER: Readonly<Record<string, Omit<Restart, "later" | "earlier"> & { readonly values: string }>> = {
  "invisible, of 8": { values: "3x3 stale _ 5x6", grown: 5, last: 5 },
  // Prometheus extends an increase by half a scrape interval.
  "visible, of 5": { values: "3x3 stale _ 2x6", grown: 2.1, last: 2 },
  "no restart": { values: "3x3 8x7", grown: 8, last: 8 },
};

describe("Counts over restarts of a process", () => {
  it("are right where processes are told apart, and as the docs say where they are not", async function () {
    this.timeout(60_000);
    requireProgram(this, "promtool");
    await using folder = await createTempFolder();
    const file = join(folder.path, "restarts.test.yml");
    await writeFile(file, stringify(createRuleTest()));
    const { code, output } = await runCommand("promtool", ["test", "rules", file], folder.path);
    expect(code, output).to.equal(0);
  });
});

function createRuleTest(): unknown {
  const all = { ...TOLD_APART, ...TAKEN_OVER };
  const samples = (field: "grown" | "last") =>
    Object.entries(all).map(([app, restart]) => ({ labels: `{app="${app}"}`, value: restart[field] }));
  const check = (expr: string, field: "grown" | "last") => ({
    expr: interpolate(expr, {}, TIMING),
    eval_time: "12m",
    exp_samples: samples(field),
  });
  const input = [
    ...Object.entries(TOLD_APART).flatMap(([app, { earlier, later }]) => [
      ...createSeries(app, "one", earlier, 0),
      ...createSeries(app, "two", later, 300),
    ]),
    ...Object.entries(TAKEN_OVER).flatMap(([app, { values }]) => createSeries(app, undefined, values, 0)),
  ];
  return {
    evaluation_interval: "1m",
    tests: [
      {
        interval: "1m",
        input_series: input,
        promql_expr_test: [
          check(sumBy(["app"], grownBy(ofApps(METRICS.adds), "$__range")), "grown"),
          check(total(METRICS.adds, ofApps, ["app"]), "last"),
        ],
      },
    ],
  };
}

/** The counter and the start of an app in one process. */
function createSeries(app: string, id: string | undefined, values: string, startedAt: number): readonly unknown[] {
  const process = id === undefined ? "" : `, service_instance_id="${id}"`;
  const labels = `{job="tidemark", instance="app:9464", app="${app}"${process}}`;
  return [
    { series: `${METRICS.adds}${labels}`, values },
    { series: `${METRICS.appStart}${labels}`, values: values.replaceAll(/(?<=^|\s)\d+/g, String(startedAt)) },
  ];
}
