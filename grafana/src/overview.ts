import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { METRICS } from "./metrics.ts";
import { maxBy, select, sumBy } from "./promql.ts";
import { buildDashboard, type Section } from "./dashboard.ts";
import { finishesPerSecond, inRange, perSecond, shareOf, sinceSuccess, total, unaccounted } from "./expressions.ts";
import { counterQueries } from "./outcome-queries.ts";
import { buildBars, buildGraph, buildStat, buildTimeline } from "./panels.ts";
import { ofApps, SOURCE } from "./selectors.ts";
import { buildTable } from "./table.ts";
import { buildSourceVariables } from "./variables.ts";

const LINK_TO_RUN =
  "/d/tidemark-run?var-datasource=${datasource}&var-app=${__value.raw:percentencode}&${__url_time_range}";

/** All apps side by side. */
export function buildOverview(): Dashboard {
  return buildDashboard({
    uid: "tidemark-overview",
    title: "Tidemark / Overview",
    description: "All apps: what runs, what fails, what is out of date.",
    variables: buildSourceVariables(),
    sections: [now, apps, activity, processes, collection],
  });
}

const now: Section = {
  title: "Now",
  panels: [
    buildStat({
      title: "Apps",
      question: "How many apps report?",
      unit: "none",
      expr: `count(count by (app) (${ofApps(METRICS.starts)}))`,
    }),
    buildStat({
      title: "Running",
      question: "How many runs are going on?",
      unit: "none",
      expr: sumBy([], ofApps(METRICS.runsActive)),
    }),
    buildStat({
      title: "In progress",
      question: "How many components are being worked on?",
      unit: "none",
      expr: sumBy([], ofApps(METRICS.inProgress)),
    }),
    buildStat({
      title: "Waiting",
      question: "How many components wait for a slot?",
      unit: "none",
      expr: sumBy([], ofApps(METRICS.queued)),
    }),
    buildStat({
      title: "Failed",
      question: "How many executions failed in the time range?",
      unit: "none",
      expr: inRange(METRICS.errors, ofApps),
      alarmFrom: { value: 1, color: "red" },
    }),
    buildStat({
      title: "Failed share",
      question: "Which share of all that finished in the time range failed?",
      unit: "percentunit",
      expr: shareOf(METRICS.errors, ofApps),
      alarmFrom: { value: 0.05, color: "red" },
    }),
    buildStat({
      title: "Work avoided",
      question: "Which share of all that finished in the time range was skipped, because nothing had changed?",
      unit: "percentunit",
      expr: shareOf(METRICS.unchanged, ofApps),
    }),
    buildStat({
      title: "Longest without success",
      question: "How long ago did the app that has waited longest succeed?",
      note: "An app that never did counts from its start.",
      unit: "s",
      expr: `max(${sinceSuccess(ofApps)})`,
      alarmFrom: { value: 86_400, color: "orange" },
    }),
  ].map((panel) => ({ panel, width: 3, height: 4 })),
};

const apps: Section = {
  title: "Apps",
  panels: [
    {
      panel: buildTable({
        title: "All apps",
        question: "What has each app done, and when did it last succeed?",
        note: "Counts are those of the process that runs or ran last. An app's name leads to its details.",
        unit: "none",
        labels: [{ name: "app", link: LINK_TO_RUN }],
        columns: [
          ...counterQueries((metric) => total(metric, ofApps, ["app"])),
          { legend: "since success", expr: sinceSuccess(ofApps), unit: "s" },
        ],
        sortBy: "failed",
      }),
      width: 16,
      height: 8,
    },
    {
      panel: buildTable({
        title: "Alerts",
        question: "Which alerts fire or are about to?",
        note: "It is empty when all is well.",
        unit: "none",
        labels: [{ name: "alertname" }, { name: "alertstate" }, { name: "severity" }, { name: "app" }],
        columns: [
          {
            legend: "number",
            expr: sumBy(["alertname", "alertstate", "severity", "app"], 'ALERTS{alertname=~"Tidemark.+"}'),
          },
        ],
        sortBy: "alertname",
      }),
      width: 8,
      height: 8,
    },
  ],
};

const activity: Section = {
  title: "Activity",
  panels: [
    buildTimeline({
      title: "Runs",
      question: "When did each app run?",
      unit: "none",
      states: ["idle", "running"],
      query: { legend: "{{app}}", expr: `${maxBy(["app"], ofApps(METRICS.runsActive))} > bool 0` },
    }),
    buildBars({
      title: "Runs by result",
      question: "How did the runs in the time range end?",
      unit: "none",
      query: { legend: "{{app}}: {{result}}", expr: inRange(METRICS.runCompletions, ofApps, ["app", "result"]) },
    }),
    buildGraph({
      title: "Throughput",
      question: "How many components does each app finish a second?",
      unit: "cps",
      queries: [{ legend: "{{app}}", expr: finishesPerSecond(ofApps, ["app"]) }],
    }),
    buildGraph({
      title: "Failures",
      question: "How many executions of each app fail a second?",
      unit: "cps",
      queries: [{ legend: "{{app}}", expr: perSecond(METRICS.errors, ofApps, ["app"]) }],
    }),
  ].map((panel) => ({ panel, width: 12, height: 8 })),
};

const processes: Section = {
  title: "Processes",
  panels: [
    buildGraph({
      title: "Event loop delay",
      question: "Is a process kept from answering?",
      note: "About 0.01 s is the resolution of the measurement, not a delay.",
      unit: "s",
      queries: [
        { legend: "{{instance}} p99", expr: maxBy(["instance"], select(METRICS.loopDelayP99, SOURCE)) },
        { legend: "{{instance}} longest", expr: maxBy(["instance"], select(METRICS.loopDelayMax, SOURCE)) },
      ],
    }),
    buildGraph({
      title: "Event loop utilization",
      question: "How busy is the JavaScript of each process?",
      note: "At 100 %, only another process can do more.",
      unit: "percentunit",
      queries: [{ legend: "{{instance}}", expr: maxBy(["instance"], select(METRICS.loopUtilization, SOURCE)) }],
    }),
    buildGraph({
      title: "Heap",
      question: "How much memory do the objects of each process take?",
      unit: "bytes",
      queries: [{ legend: "{{instance}}", expr: sumBy(["instance"], select(METRICS.heapUsed, SOURCE)) }],
    }),
  ].map((panel) => ({ panel, width: 8, height: 7 })),
};

const collection: Section = {
  title: "Can these numbers be trusted?",
  panels: [
    buildTimeline({
      title: "Scrapes",
      question: "Does Prometheus reach each process?",
      note: "While it does not, the panels above show what it saw last, or nothing.",
      unit: "none",
      states: ["down", "up"],
      query: { legend: "{{job}} {{instance}}", expr: `min by (job, instance) (${select("up", SOURCE)})` },
    }),
    buildGraph({
      title: "Scrape duration",
      question: "How long does a scrape take?",
      note: "It must stay well below the scrape interval; it grows with the number of series.",
      unit: "s",
      queries: [
        {
          legend: "{{job}} {{instance}}",
          expr: maxBy(["job", "instance"], select("scrape_duration_seconds", SOURCE)),
        },
      ],
    }),
    buildGraph({
      title: "Series",
      question: "How many series does each process export?",
      unit: "none",
      queries: [
        {
          legend: "{{job}} {{instance}}",
          expr: maxBy(["job", "instance"], select("scrape_samples_scraped", SOURCE)),
        },
      ],
    }),
    buildStat({
      title: "Overflow",
      question: "How many series hold what was counted beyond the limit of the SDK?",
      note: "Their app, component and group are lost; there must be none.",
      unit: "none",
      expr: `count({__name__=~"tidemark_.+",otel_metric_overflow="true",${SOURCE}}) or vector(0)`,
      alarmFrom: { value: 1, color: "red" },
    }),
    buildStat({
      title: "Unaccounted",
      question: "Do starts and ends add up?",
      note: "Started minus finished, cancelled and in progress: it must be 0.",
      unit: "none",
      expr: unaccounted(ofApps),
      alarmFrom: { value: 1, color: "red" },
    }),
  ].map((panel, index) => ({ panel, width: index < 3 ? 6 : 3, height: 7 })),
};
