import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { ALERTS } from "../../grafana/src/alerts.ts";
import { RECORDING_RULES } from "../../grafana/src/recording-rules.ts";
import { ROOT } from "../examples/run-program.ts";
import { requireProgram } from "../require-program.ts";
import { runCommand } from "../run-command.ts";
import { findUnknownNames } from "./promql-facts.ts";

interface RuleTests {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  }[];
}

const CASES = "test/prometheus/rules.test.yml";

describe("The rules for Prometheus", () => {
  before(function () {
    requireProgram(this, "promtool");
  });

  it("are read by Prometheus with its configuration", async () => {
    const { code, output } = await runCommand("promtool", ["check", "config", "prometheus.yml"], ROOT);
    expect(code, output).to.equal(0);
    expect(output).to.match(/SUCCESS: \d+ rules found/);
  });

  it("fire and stay silent as their cases say", async function () {
    this.timeout(60_000);
    const { code, output } = await runCommand("promtool", ["test", "rules", CASES], ROOT);
    expect(code, output).to.equal(0);
  });

  it("have a case for each alert in which it fires, and one in which it is silent", async () => {
    const { tests } = parse(await readFile(join(ROOT, CASES), "utf8")) as RuleTests;
    const cases = tests.flatMap((test) => test.alert_rule_test);
    const named = (isFiring: boolean): Set<string> =>
      new Set(cases.filter(({ exp_alerts }) => exp_alerts.length > 0 === isFiring).map(({ alertname }) => alertname));
    const names = ALERTS.map(({ alert }) => alert);
    expect([...named(true)]).to.have.members(names);
    expect([...named(false)]).to.have.members(names);
  });

  it("name only metrics and labels that are exported or recorded", () => {
    for (const { expr } of [...RECORDING_RULES, ...ALERTS]) expect(findUnknownNames(expr), expr).to.deep.equal([]);
  });
});
