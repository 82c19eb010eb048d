import type { Prometheus, ResultSeries } from "../prometheus/prometheus.ts";
import { panelsOf, type DashboardFile, type Target } from "./dashboard-files.ts";
import { interpolate, type Selection, type Timing } from "./interpolate.ts";

/** The times of a dashboard that shows the last two minutes, with a scrape each second. */
export const TIMING: Timing = { rangeSeconds: 120, stepSeconds: 1, scrapeSeconds: 1 };

/** One query of a panel, with what Prometheus has answered. */
export interface AnsweredQuery {
  /** `dashboard / panel A`. */
  readonly name: string;
  readonly target: Target;
  readonly series: readonly ResultSeries[];
}

/** Asks what every panel of a dashboard asks when the last two minutes are shown. */
export async function askPanels(
  prometheus: Prometheus,
  dashboard: DashboardFile,
  selection: Selection = {},
): Promise<readonly AnsweredQuery[]> {
  const queries = panelsOf(dashboard).flatMap((panel) => panel.targets.map((target) => ({ panel, target })));
  const answered: AnsweredQuery[] = [];
  for (const { panel, target } of queries) {
    const expr = interpolate(target.expr, selection, TIMING);
    const series = await ask(prometheus, expr, target.instant === true);
    answered.push({ name: `${dashboard.title} / ${panel.title} ${target.refId}`, target, series });
  }
  return answered;
}

/** Asks for the end of the last two minutes, or for all of them. */
export async function ask(prometheus: Prometheus, expr: string, isInstant: boolean): Promise<readonly ResultSeries[]> {
  if (isInstant) return prometheus.query(expr);
  const end = Date.now() / 1000;
  return prometheus.queryRange(expr, { start: end - TIMING.rangeSeconds, end, step: TIMING.stepSeconds });
}

/** Whether there is anything to see: a value that is a number. */
export function hasData(series: readonly ResultSeries[]): boolean {
  return series.some(({ values }) => values.some(Number.isFinite));
}
