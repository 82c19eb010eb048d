import { METRICS } from "./metrics.ts";
import type { Query } from "./query.ts";

/** A query for each of the five outcomes, under the names that the terminal uses. */
export function outcomeQueries(expression: (metric: string) => string): readonly Query[] {
  return [
    { legend: "unchanged", expr: expression(METRICS.unchanged) },
    { legend: "added", expr: expression(METRICS.adds) },
    { legend: "reprocessed", expr: expression(METRICS.reprocesses) },
    { legend: "deleted", expr: expression(METRICS.deletes) },
    { legend: "failed", expr: expression(METRICS.errors) },
  ];
}

/** The same behind the executions that were started. */
export function counterQueries(expression: (metric: string) => string): readonly Query[] {
  return [{ legend: "started", expr: expression(METRICS.starts) }, ...outcomeQueries(expression)];
}
