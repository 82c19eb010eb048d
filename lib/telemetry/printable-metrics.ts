import type { Attributes } from "@opentelemetry/api";
import type { MetricData, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { SCOPE_NAME } from "../progress/schema/names.ts";
import { escapeUnprintable } from "../text/plain-text.ts";

/**
 * Escapes unprintable characters in labels and help texts of other meters, for Prometheus' text format. Without it, a terminal acts on them,
 * and values that differ only in halves of surrogate pairs are one series twice, for which Prometheus refuses the whole scrape. Tidemark's own
 * labels are printable when they are recorded.
 */
export function toPrintableMetrics(metrics: ResourceMetrics): ResourceMetrics {
  const { resource, scopeMetrics } = metrics;
  return {
    resource: Object.create(resource, {
      attributes: { value: escapeAttributes(resource.attributes) },
    }) as typeof resource,
    scopeMetrics: scopeMetrics.map((one) => {
      const { metrics: own, scope } = one;
      if (scope.name === SCOPE_NAME) return one;
      return { scope: { ...scope, name: escapeUnprintable(scope.name) }, metrics: own.map(escapeMetric) };
    }),
  };
}

function escapeMetric(metric: MetricData): MetricData {
  const { dataPoints, descriptor } = metric;
  const description = escapeUnprintable(descriptor.description);
  const unit = escapeUnprintable(descriptor.unit);
  const points = dataPoints.map((point) => ({ ...point, attributes: escapeAttributes(point.attributes) }));
  return { ...metric, descriptor: { ...descriptor, description, unit }, dataPoints: points } as MetricData;
}

/** The serializer formats other values than strings as JSON, which escapes most of these characters itself. */
function escapeAttributes(attributes: Attributes): Attributes {
  const entries = Object.entries(attributes).map(([key, value]) => {
    return [key, typeof value === "string" ? escapeUnprintable(value) : value] as const;
  });
  return Object.fromEntries(entries);
}
