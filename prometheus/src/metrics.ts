/** The names under which Prometheus knows the instruments of this package. */
export const METRICS = {
  starts: "tidemark_component_execution_starts_total",
  unchanged: "tidemark_component_unchanged_total",
  adds: "tidemark_component_adds_total",
  deletes: "tidemark_component_deletes_total",
  reprocesses: "tidemark_component_reprocesses_total",
  errors: "tidemark_component_errors_total",
  cancellations: "tidemark_component_cancellations_total",
  inProgress: "tidemark_component_active",
  duration: "tidemark_component_duration_seconds",
  queued: "tidemark_queue_size",
  slotsUsed: "tidemark_concurrency_used",
  slotLimit: "tidemark_concurrency_limit",
  runCompletions: "tidemark_run_completions_total",
  runsActive: "tidemark_run_active",
  runDuration: "tidemark_run_duration_seconds",
  runStart: "tidemark_run_start_timestamp_seconds",
  lastSuccess: "tidemark_run_last_success_timestamp_seconds",
  appStart: "tidemark_app_start_timestamp_seconds",
} as const;

/** The five ways in which an execution ends and is counted, the quiet one first. */
export const OUTCOMES = [
  METRICS.unchanged,
  METRICS.adds,
  METRICS.reprocesses,
  METRICS.deletes,
  METRICS.errors,
] as const;
