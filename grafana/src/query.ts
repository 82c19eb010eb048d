import { DataqueryBuilder, PromQueryFormat, QueryEditorMode } from "@grafana/grafana-foundation-sdk/prometheus";

/** Stands for the data source that is selected in the dashboard. */
export const DATASOURCE = { type: "prometheus", uid: "${datasource}" };

/** One expression of a panel. */
export interface Query {
  readonly expr: string;
  /** The name of its series in legends and of its column in tables. */
  readonly legend: string;
}

/** A query for each point of the time range. */
export function buildRangeQuery({ expr, legend }: Query): DataqueryBuilder {
  return buildQuery(expr, legend).range().format(PromQueryFormat.TimeSeries);
}

/** A query for the end of the time range. */
export function buildInstantQuery({ expr, legend }: Query): DataqueryBuilder {
  return buildQuery(expr, legend).instant().format(PromQueryFormat.TimeSeries);
}

/** A query for the end of the time range, whose labels become columns. */
export function buildTableQuery({ expr, legend }: Query): DataqueryBuilder {
  return buildQuery(expr, legend).instant().format(PromQueryFormat.Table);
}

/** A query for each point of the time range that gives the buckets of a histogram. */
export function buildHeatmapQuery(expr: string): DataqueryBuilder {
  return buildQuery(expr, "{{le}}").range().format(PromQueryFormat.Heatmap);
}

function buildQuery(expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().expr(expr).legendFormat(legend).datasource(DATASOURCE).editorMode(QueryEditorMode.Code);
}
