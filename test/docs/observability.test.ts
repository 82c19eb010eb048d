import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ALERTS } from "../../grafana/src/alerts.ts";
import { INSTRUMENTS, prometheusName } from "../../grafana/src/metrics.ts";
import { RECORDING_RULES } from "../../grafana/src/recording-rules.ts";
import { RUNBOOKS_URL } from "../../lib/dashboards/runbook-links.ts";
import { ROOT } from "../examples/run-program.ts";
import { panelsOf, readDashboards } from "../grafana/dashboard-files.ts";

const TYPES = { counter: "counter", histogram: "histogram", gauge: "gauge", upDownCounter: "gauge" } as const;

describe("docs/observability.md", () => {
  let page: string;

  before(async () => {
    page = await readFile(join(ROOT, "docs/observability.md"), "utf8");
  });

  it("has a row for each metric, with its type and labels, that says what it is", () => {
    const rows = tableUnder(page, "## Metrics");
    const expected = INSTRUMENTS.map((instrument) => {
      const labels = instrument.attributes.map((key) => `\`${key.replaceAll(".", "_")}\``);
      return [`\`${prometheusName(instrument)}\``, TYPES[instrument.kind], labels.join(", ") || "none"];
    });
    expect(rows.map((cells) => cells.slice(0, 3))).to.deep.equal(expected);
    for (const [name, , , meaning] of rows) expect(meaning, name).to.match(/\w+/);
  });

  it("has a row for each panel, with the question it answers", async () => {
    for (const dashboard of await readDashboards()) {
      const panels = panelsOf(dashboard).map(({ description = "", title }) => [title, /^.*?\?/.exec(description)?.[0]]);
      expect(tableUnder(page, `### ${dashboard.title}`)).to.deep.equal(panels);
    }
  });

  it("has a row for each alert and each recorded series", () => {
    const alerts = tableUnder(page, "## Alerts").map(([alert, severity]) => [alert, severity]);
    expect(alerts).to.deep.equal(
      ALERTS.map(({ alert, labels }) => [`[${alert}](runbooks.md#${alert.toLowerCase()})`, labels.severity]),
    );
    const recorded = [...page.matchAll(/^\| `(app:[\w:]+)`/gm)].map(([, name]) => name);
    expect(recorded).to.deep.equal(RECORDING_RULES.map(({ record }) => record));
  });
});

describe("docs/runbooks.md", () => {
  it("has a chapter for each alert, where its link leads, that says when it fires and what to do", async () => {
    const page = await readFile(join(ROOT, "docs/runbooks.md"), "utf8");
    const [, ...chapters] = page.split(/^## /m);
    const names = chapters.map((chapter) => chapter.split("\n")[0]!);
    expect(names).to.deep.equal(ALERTS.map(({ alert }) => alert));
    const shipped = await readFile(join(ROOT, "grafana/runbooks/runbooks.html"), "utf8");
    for (const { annotations } of ALERTS) {
      const [address, anchor = ""] = annotations.runbook_url.split("#");
      expect(address).to.equal(RUNBOOKS_URL);
      expect(shipped).to.include(`<h2 id="${anchor}">`);
      expect(names.map((name) => name.toLowerCase())).to.include(anchor);
    }
    for (const chapter of chapters) expect(chapter).to.include("**Fires when**").and.match(/^1\. /m);
  });
});

/** The cells of the first table under a heading, its head left out. */
function tableUnder(page: string, heading: string): readonly (readonly string[])[] {
  const after = page.split(`\n${heading}\n`)[1] ?? "";
  const lines = /^\|.*\|$(?:\n\|.*\|$)*/m.exec(after)?.[0].split("\n") ?? [];
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}
