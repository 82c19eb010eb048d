import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { AnnotationQueryBuilder, type AnnotationQuery } from "@grafana/grafana-foundation-sdk/dashboard";
import { METRICS } from "./metrics.ts";
import { maxBy, sumBy } from "./promql.ts";
import { DATASOURCE } from "./query.ts";
import { ofApps } from "./selectors.ts";

/** What is marked in all graphs: when runs start, when they end and how, when alerts fire. */
export function buildAnnotations(): readonly Builder<AnnotationQuery>[] {
  return [
    buildAnnotation("Run started", "blue")
      .expr(`${maxBy(["app"], ofApps(METRICS.runStart))} * 1000`)
      .useValueForTime(true)
      .titleFormat("Run of {{app}} started"),
    buildAnnotation("Run ended", "purple")
      .expr(`${runsEndedSince("$__interval")} > 0`)
      .titleFormat("Run of {{app}} ended: {{result}}"),
    buildAnnotation("Alert", "red")
      .expr('ALERTS{alertname=~"Tidemark.+",alertstate="firing"}')
      .titleFormat("{{alertname}}")
      .textFormat("{{app}} {{instance}}"),
  ];
}

/** Runs that are counted as ended now and were not `step` ago. The first ones of a process are counted from 0. */
function runsEndedSince(step: string): string {
  const ended = ofApps(METRICS.runCompletions);
  return sumBy(["app", "result"], `${ended} - (${ended} offset ${step} or ${ended} * 0)`);
}

function buildAnnotation(name: string, color: string): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder().name(name).datasource(DATASOURCE).enable(true).iconColor(color).step("15s");
}
