import { METRICS, OUTCOMES } from "./metrics.ts";
import { grownBy, sumBy } from "./promql.ts";
import { PER_APP } from "./selectors.ts";

/** A rule that keeps the value of an expression under a name. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

const WINDOW = "10m";

/** Names of recorded series: `level:metric:operation`. */
export const RECORDED = {
  starts: `app:tidemark_component_execution_starts:increase${WINDOW}`,
  finishes: `app:tidemark_component_finishes:increase${WINDOW}`,
  unchanged: `app:tidemark_component_unchanged:increase${WINDOW}`,
  deletes: `app:tidemark_component_deletes:increase${WINDOW}`,
  errors: `app:tidemark_component_errors:increase${WINDOW}`,
  errorRatio: `app:tidemark_component_errors:ratio_increase${WINDOW}`,
  unchangedRatio: `app:tidemark_component_unchanged:ratio_increase${WINDOW}`,
  p95: `app:tidemark_component_duration_seconds:p95_increase${WINDOW}`,
  inProgress: "app:tidemark_component_active:sum",
  queued: "app:tidemark_queue_size:sum",
  successAge: "app:tidemark_run_success_age:seconds",
} as const;

/** The recording rules; each uses only what stands before it. */
export const RECORDING_RULES: readonly RecordingRule[] = [
  { record: RECORDED.starts, expr: grownPerApp(METRICS.starts) },
  { record: RECORDED.finishes, expr: OUTCOMES.map(grownPerApp).join("\n+ ") },
  { record: RECORDED.unchanged, expr: grownPerApp(METRICS.unchanged) },
  { record: RECORDED.deletes, expr: grownPerApp(METRICS.deletes) },
  { record: RECORDED.errors, expr: grownPerApp(METRICS.errors) },
  { record: RECORDED.errorRatio, expr: `${RECORDED.errors} / (${RECORDED.finishes} > 0)` },
  { record: RECORDED.unchangedRatio, expr: `${RECORDED.unchanged} / (${RECORDED.finishes} > 0)` },
  {
    record: RECORDED.p95,
    expr: `histogram_quantile(0.95, ${sumBy([...PER_APP, "le"], grownBy(`${METRICS.duration}_bucket`, WINDOW))})`,
  },
  { record: RECORDED.inProgress, expr: sumBy(PER_APP, METRICS.inProgress) },
  { record: RECORDED.queued, expr: sumBy(PER_APP, METRICS.queued) },
  { record: RECORDED.successAge, expr: successAge() },
];

/** Three days, so that an app whose process is gone is missed for that long. */
function successAge(): string {
  const newestSuccess = `max by (job, app) (max_over_time(${METRICS.lastSuccess}[3d]))`;
  const oldestStart = `min by (job, app) (min_over_time(${METRICS.appStart}[3d]))`;
  return `time() - (${newestSuccess}\nor ${oldestStart})`;
}

function grownPerApp(counter: string): string {
  return sumBy(PER_APP, grownBy(counter, WINDOW));
}
