import { RUNBOOKS_URL } from "../../lib/dashboards/runbook-links.ts";
import { METRICS } from "./metrics.ts";
import { maxBy, sumBy } from "./promql.ts";
import { RECORDED } from "./recording-rules.ts";
import { PER_APP } from "./selectors.ts";

/** A rule that fires while its expression gives something. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  /** How long the expression must hold before the alert fires. */
  readonly for: string;
  readonly labels: { readonly severity: "critical" | "warning" };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook_url: string };
}

interface AlertOptions {
  readonly expr: string;
  readonly for: string;
  readonly severity: "critical" | "warning";
  readonly summary: string;
  readonly description: string;
}

/** The alerts. Each has a runbook under its name in docs/runbooks.md. */
export const ALERTS: readonly AlertRule[] = [
  buildAlert("TidemarkTargetDown", {
    expr: 'up{job=~"tidemark.*"} == 0',
    for: "2m",
    severity: "critical",
    summary: "A Tidemark process cannot be scraped.",
    description: "Prometheus has not reached {{ $labels.instance }} of job {{ $labels.job }} for 2 minutes.",
  }),
  buildAlert("TidemarkTargetAbsent", {
    expr: 'group by (job) (last_over_time(up{job=~"tidemark.*"}[1d]))\nunless group by (job) (up{job=~"tidemark.*"})',
    for: "10m",
    severity: "critical",
    summary: "Prometheus does not look for Tidemark any more.",
    description: "Job {{ $labels.job }} had targets within the last day, and has had none for 10 minutes.",
  }),
  buildAlert("TidemarkRunStalled", {
    expr: `${RECORDED.inProgress} > 0\nunless ${RECORDED.finishes} > 0\nunless ${RECORDED.starts} > 0`,
    for: "5m",
    severity: "warning",
    summary: "A run makes no progress.",
    description:
      "{{ $value }} components of {{ $labels.app }} on {{ $labels.instance }} are in progress, and for 15 minutes none has started or finished.",
  }),
  buildAlert("TidemarkErrorRatioHigh", {
    expr: `${RECORDED.errorRatio} > 0.05\nand (${RECORDED.errors} > 5 or ${RECORDED.errorRatio} >= 0.5)`,
    for: "5m",
    severity: "warning",
    summary: "Many executions fail.",
    description:
      "{{ $value | humanizePercentage }} of what {{ $labels.app }} on {{ $labels.instance }} finished in 10 minutes failed.",
  }),
  buildAlert("TidemarkNoRecentSuccess", {
    expr: `${RECORDED.successAge} > 86400`,
    for: "5m",
    severity: "warning",
    summary: "An app has not succeeded for more than a day.",
    description:
      "The last successful run of {{ $labels.app }} ended {{ $value | humanizeDuration }} ago, or there was none.",
  }),
  buildAlert("TidemarkBacklogGrowing", {
    expr: `deriv(${RECORDED.queued}[30m]) > 0\nand min_over_time(${RECORDED.queued}[30m]) > 10`,
    for: "15m",
    severity: "warning",
    summary: "A backlog builds up.",
    description:
      "Components of {{ $labels.app }} on {{ $labels.instance }} have been mounted faster than they are finished for 45 minutes; the queue grows by {{ $value | humanize }} a second.",
  }),
  buildAlert("TidemarkMassDelete", {
    expr: `${RECORDED.deletes} > 100\nand ${RECORDED.deletes} > 0.5 * ${RECORDED.finishes}`,
    for: "0m",
    severity: "critical",
    summary: "An app deletes most of what it had made.",
    description:
      "{{ $labels.app }} on {{ $labels.instance }} has deleted {{ $value | humanize }} components in 10 minutes, more than half of all it finished.",
  }),
  buildAlert("TidemarkLiveBehind", {
    expr: `${maxBy(PER_APP, METRICS.liveLag)} > 900`,
    for: "5m",
    severity: "warning",
    summary: "A live run is far behind its sources.",
    description:
      "The oldest change that {{ $labels.app }} on {{ $labels.instance }} has not worked off is {{ $value | humanizeDuration }} old.",
  }),
  buildAlert("TidemarkLiveSourceFailing", {
    expr: `${sumBy(PER_APP, METRICS.liveFailingSources)} > 0`,
    for: "15m",
    severity: "warning",
    summary: "A source of a live run keeps failing.",
    description:
      "{{ $value }} sources of {{ $labels.app }} on {{ $labels.instance }} have been failing for 15 minutes; what changes there is not noticed.",
  }),
  buildAlert("TidemarkMetricsOverflow", {
    expr: 'count by (job, instance) ({__name__=~"tidemark_.+",otel_metric_overflow="true"}) > 0',
    for: "5m",
    severity: "warning",
    summary: "Metrics lose their labels.",
    description:
      "{{ $labels.instance }} exports more series than its limit allows; what is beyond it has no app, component and group.",
  }),
];

function buildAlert(alert: string, { expr, for: duration, severity, summary, description }: AlertOptions): AlertRule {
  const runbook_url = `${RUNBOOKS_URL}#${alert.toLowerCase()}`;
  return { alert, expr, for: duration, labels: { severity }, annotations: { summary, description, runbook_url } };
}
