import { METRICS, OUTCOMES } from "./metrics.ts";
import { grownBy, maxBy, sumBy } from "./promql.ts";
import { ofApps, PER_APP, PER_PROCESS } from "./selectors.ts";

/** Makes a selector of a metric: {@link ofApps} or {@link ofComponents}. */
export type Selector = (metric: string) => string;

/** The window of a rate: wide enough for the scrape interval and for the distance of two points. */
const RATE_WINDOW = "$__rate_interval";
const RATE_WINDOW_SECONDS = "($__rate_interval_ms / 1000)";

/**
 * The value that a counter has in the process that counts, or had last: to the unit what `stats()` of its runs add up to.
 * It stays visible after a process has ended, until another process of the same target runs the app.
 */
export function total(metric: string, selector: Selector, labels: readonly string[] = []): string {
  const seen = `last_over_time(${selector(metric)}[$__range])`;
  return sumBy(labels, `${seen} unless on (${PER_PROCESS.join(", ")}) (${earlierProcesses()})`);
}

/** By how much a counter has grown in the time range, over restarts. */
export function inRange(metric: string, selector: Selector, labels: readonly string[] = []): string {
  return sumBy(labels, grownBy(selector(metric), "$__range"));
}

/** By how much a counter grows, a second. */
export function perSecond(metric: string, selector: Selector, labels: readonly string[] = []): string {
  return `${sumBy(labels, grownBy(selector(metric), RATE_WINDOW))} / ${RATE_WINDOW_SECONDS}`;
}

/** How many executions finish, whatever their outcome, a second. */
export function finishesPerSecond(selector: Selector, labels: readonly string[]): string {
  const sums = OUTCOMES.map((metric) => sumBy(labels, grownBy(selector(metric), RATE_WINDOW)));
  return `(${sums.join(" + ")}) / ${RATE_WINDOW_SECONDS}`;
}

/** The share of one outcome in all of the time range; 0 when nothing finished. */
export function shareOf(outcome: string, selector: Selector): string {
  const all = OUTCOMES.map((metric) => inRange(metric, selector)).join(" + ");
  return `${inRange(outcome, selector)} / clamp_min(${all}, 1)`;
}

/** The duration that a share of the executions stays below, in seconds, over the time range. */
export function quantileInRange(share: number, selector: Selector, labels: readonly string[]): string {
  return quantileOf(share, grownBy(selector(`${METRICS.duration}_bucket`), "$__range"), labels);
}

/** The same at each point of time. */
export function quantile(share: number, selector: Selector): string {
  return quantileOf(share, grownBy(selector(`${METRICS.duration}_bucket`), RATE_WINDOW), []);
}

/** How many executions fell into each bucket of duration. */
export function durationBuckets(selector: Selector): string {
  return sumBy(["le"], grownBy(selector(`${METRICS.duration}_bucket`), RATE_WINDOW));
}

/** The seconds since an app has last succeeded; since it has started, if it never did. */
export function sinceSuccess(selector: Selector): string {
  const newest = (metric: string): string => maxBy(["app"], `max_over_time(${selector(metric)}[$__range])`);
  return `time() - (${newest(METRICS.lastSuccess)} or ${newest(METRICS.appStart)})`;
}

/** Executions that were started and of which nothing else is known. */
export function unaccounted(selector: Selector): string {
  const known = [...OUTCOMES, METRICS.cancellations, METRICS.inProgress];
  return [METRICS.starts, ...known].map((metric) => sumBy([], selector(metric))).join(" - ");
}

/** How long a run takes on average, in seconds, over those that ended in the time range. */
export function averageRunInRange(selector: Selector): string {
  const grown = (part: string): string => inRange(`${METRICS.runDuration}_${part}`, selector);
  return `${grown("sum")} / ${grown("count")}`;
}

/** The processes whose place another one has taken, for each app of a target. */
function earlierProcesses(): string {
  const starts = `last_over_time(${ofApps(METRICS.appStart)}[$__range])`;
  return `${starts} < on (${PER_APP.join(", ")}) group_left () ${maxBy(PER_APP, starts)}`;
}

function quantileOf(share: number, buckets: string, labels: readonly string[]): string {
  return `histogram_quantile(${share}, ${sumBy([...labels, "le"], buckets)})`;
}
