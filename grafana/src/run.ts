import { StackingMode } from "@grafana/grafana-foundation-sdk/common";
import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { METRICS } from "./metrics.ts";
import { maxBy, sumBy } from "./promql.ts";
import { buildDashboard, type Section } from "./dashboard.ts";
import {
  averageRunInRange,
  durationBuckets,
  finishesPerSecond,
  inRange,
  perSecond,
  quantile,
  quantileInRange,
  shareOf,
  sinceSuccess,
  total,
} from "./expressions.ts";
import { counterQueries, outcomeQueries } from "./outcome-queries.ts";
import { buildBars, buildGraph, buildHeatmap, buildStat, buildTimeline } from "./panels.ts";
import { ofApps, ofComponents } from "./selectors.ts";
import { buildTable } from "./table.ts";
import { buildComponentVariables, buildSourceVariables } from "./variables.ts";

/** One app in detail: its groups and components. */
export function buildRun(): Dashboard {
  return buildDashboard({
    uid: "tidemark-run",
    title: "Tidemark / Run",
    description: "The runs of an app: how far they are, what they do, where time goes, what fails.",
    variables: [...buildSourceVariables(), ...buildComponentVariables()],
    sections: [progress, work, time, failures, live],
  });
}

const STATS_NOTE = "Of the process that runs or ran last: what `stats()` of its runs add up to.";

const progress: Section = {
  title: "Progress",
  panels: [
    ...[
      buildStat({
        title: "Started",
        question: "How many executions were started?",
        note: STATS_NOTE,
        unit: "none",
        expr: total(METRICS.starts, ofComponents),
      }),
      buildStat({
        title: "Unchanged",
        question: "How many were skipped, because nothing had changed?",
        note: STATS_NOTE,
        unit: "none",
        expr: total(METRICS.unchanged, ofComponents),
      }),
      buildStat({
        title: "Added",
        question: "How many components were built for the first time?",
        note: STATS_NOTE,
        unit: "none",
        expr: total(METRICS.adds, ofComponents),
      }),
      buildStat({
        title: "Reprocessed",
        question: "How many components were built again?",
        note: STATS_NOTE,
        unit: "none",
        expr: total(METRICS.reprocesses, ofComponents),
      }),
      buildStat({
        title: "Deleted",
        question: "How many components were removed with all they had made?",
        note: STATS_NOTE,
        unit: "none",
        expr: total(METRICS.deletes, ofComponents),
      }),
      buildStat({
        title: "Failed",
        question: "How many executions failed?",
        note: STATS_NOTE,
        unit: "none",
        expr: total(METRICS.errors, ofComponents),
        alarmFrom: { value: 1, color: "red" },
      }),
      buildStat({
        title: "In progress",
        question: "How many components are being worked on?",
        unit: "none",
        expr: sumBy([], ofComponents(METRICS.inProgress)),
      }),
      buildStat({
        title: "Waiting",
        question: "How many components wait for a slot?",
        unit: "none",
        expr: sumBy([], ofComponents(METRICS.queued)),
      }),
    ].map((panel) => ({ panel, width: 3, height: 4 })),
    {
      panel: buildTable({
        title: "Components",
        question: "What has each component function done, and how long does it take?",
        note: "Counts are those of the process that runs or ran last; 95 % of the executions in the time range took at most p95.",
        unit: "none",
        labels: [{ name: "app" }, { name: "group" }, { name: "component" }],
        columns: [
          ...counterQueries((metric) => total(metric, ofComponents, ["app", "group", "component"])),
          { legend: "cancelled", expr: total(METRICS.cancellations, ofComponents, ["app", "group", "component"]) },
          { legend: "p95", expr: quantileInRange(0.95, ofComponents, ["app", "group", "component"]), unit: "s" },
        ],
        sortBy: "started",
      }),
      width: 18,
      height: 9,
    },
    {
      panel: buildTimeline({
        title: "Runs",
        question: "When did the app run?",
        unit: "none",
        states: ["idle", "running"],
        query: { legend: "{{app}}", expr: `max by (app) (${ofApps(METRICS.runsActive)}) > bool 0` },
      }),
      width: 6,
      height: 9,
    },
  ],
};

const work: Section = {
  title: "Work",
  panels: [
    buildGraph({
      title: "Throughput by outcome",
      question: "How many components finish a second, and with what outcome?",
      unit: "cps",
      stacking: StackingMode.Normal,
      queries: outcomeQueries((metric) => perSecond(metric, ofComponents)),
    }),
    buildGraph({
      title: "Outcome shares",
      question: "Which share does each outcome have?",
      unit: "cps",
      stacking: StackingMode.Percent,
      queries: outcomeQueries((metric) => perSecond(metric, ofComponents)),
    }),
    buildGraph({
      title: "Throughput by component",
      question: "Which component functions finish how many a second?",
      unit: "cps",
      queries: [{ legend: "{{component}}", expr: finishesPerSecond(ofComponents, ["component"]) }],
    }),
    buildGraph({
      title: "In progress by component",
      question: "Which components are being worked on?",
      unit: "none",
      stacking: StackingMode.Normal,
      queries: [{ legend: "{{component}}", expr: sumBy(["component"], ofComponents(METRICS.inProgress)) }],
    }),
    buildGraph({
      title: "Queue",
      question: "Does a backlog build up?",
      note: "Components that are mounted and wait for a slot.",
      unit: "none",
      queries: [{ legend: "{{app}}", expr: sumBy(["app"], ofComponents(METRICS.queued)) }],
    }),
    buildGraph({
      title: "Slots",
      question: "Is `maxInflightComponents` what limits the app?",
      unit: "none",
      queries: [
        { legend: "{{app}} used", expr: sumBy(["app"], ofApps(METRICS.slotsUsed)) },
        { legend: "{{app}} limit", expr: sumBy(["app"], ofApps(METRICS.slotLimit)) },
      ],
    }),
  ].map((panel) => ({ panel, width: 8, height: 8 })),
};

const time: Section = {
  title: "Time",
  panels: [
    ...[
      buildHeatmap({
        title: "Durations",
        question: "How are the durations of executions distributed?",
        note: "Executions that were skipped are not in it. Waiting for the components that it has mounted is part of an execution.",
        unit: "s",
        expr: durationBuckets(ofComponents),
      }),
      buildGraph({
        title: "Duration quantiles",
        question: "How long do typical and slow executions take?",
        unit: "s",
        queries: [0.5, 0.95, 0.99].map((share) => ({
          legend: `p${share * 100}`,
          expr: quantile(share, ofComponents),
        })),
      }),
    ].map((panel) => ({ panel, width: 12, height: 8 })),
    ...[
      buildBars({
        title: "Slowest components",
        question: "Which component functions are slow?",
        note: "95 % of their executions in the time range took at most so long.",
        unit: "s",
        query: {
          legend: "{{component}}",
          expr: `topk(10, ${quantileInRange(0.95, ofComponents, ["component"])} > 0)`,
        },
      }),
      buildBars({
        title: "Most time by component",
        question: "Where did the time go?",
        note: "Seconds of all executions in the time range; those that ran side by side add up.",
        unit: "s",
        query: {
          legend: "{{component}}",
          expr: `topk(10, ${inRange(`${METRICS.duration}_sum`, ofComponents, ["component"])})`,
        },
      }),
      buildStat({
        title: "Work avoided",
        question: "Which share of all that finished in the time range was skipped, because nothing had changed?",
        unit: "percentunit",
        expr: shareOf(METRICS.unchanged, ofComponents),
      }),
      buildStat({
        title: "Since last success",
        question: "How long ago did a run of the app succeed?",
        note: "An app that never did counts from its start.",
        unit: "s",
        expr: `max(${sinceSuccess(ofApps)})`,
        alarmFrom: { value: 86_400, color: "orange" },
      }),
      buildStat({
        title: "Average run",
        question: "How long does a run of the app take?",
        note: "On average over those that ended in the time range.",
        unit: "s",
        expr: averageRunInRange(ofApps),
      }),
    ].map((panel, index) => ({ panel, width: [8, 7][index] ?? 3, height: 8 })),
  ],
};

const failures: Section = {
  title: "Failures",
  panels: [
    buildGraph({
      title: "Failures by component",
      question: "Which component functions fail how often?",
      unit: "cps",
      queries: [{ legend: "{{component}}", expr: perSecond(METRICS.errors, ofComponents, ["component"]) }],
    }),
    buildBars({
      title: "Most failures",
      question: "Where did most executions fail in the time range?",
      unit: "none",
      query: {
        legend: "{{group}} / {{component}}",
        expr: `topk(10, ${inRange(METRICS.errors, ofComponents, ["group", "component"])})`,
      },
    }),
    buildBars({
      title: "Runs by result",
      question: "How did the runs in the time range end?",
      unit: "none",
      query: { legend: "{{result}}", expr: inRange(METRICS.runCompletions, ofApps, ["result"]) },
    }),
  ].map((panel) => ({ panel, width: 8, height: 8 })),
};

const live: Section = {
  title: "Live runs",
  panels: [
    buildTimeline({
      title: "Caught up",
      question: "Has the live run worked off all changes that it knows of?",
      unit: "none",
      states: ["behind, or not running", "caught up"],
      query: { legend: "{{app}}", expr: `min by (app) (${ofApps(METRICS.liveReady)})` },
    }),
    buildGraph({
      title: "Lag",
      question: "How old is the oldest change that the live run has not worked off?",
      unit: "s",
      queries: [{ legend: "{{app}}", expr: maxBy(["app"], ofApps(METRICS.liveLag)) }],
    }),
    buildGraph({
      title: "Failing sources",
      question: "How many sources of the live run fail and are tried again?",
      unit: "none",
      queries: [{ legend: "{{app}}", expr: sumBy(["app"], ofApps(METRICS.liveFailingSources)) }],
    }),
  ].map((panel) => ({ panel, width: 8, height: 8 })),
};
