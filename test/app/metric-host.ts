import type { Attributes } from "@opentelemetry/api";
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type ScopeMetrics,
} from "@opentelemetry/sdk-metrics";

/** One exported number; of a histogram, how many values it has. */
export interface ExportedPoint {
  readonly name: string;
  readonly unit: string;
  readonly attributes: Attributes;
  readonly value: number;
  /** The sum of a histogram's values. */
  readonly sum?: number | undefined;
}

/** A host with OpenTelemetry of its own, which exports into memory. */
export interface MetricHost extends AsyncDisposable {
  readonly provider: MeterProvider;
  /** What is exported now, cumulative. */
  collect(): Promise<readonly ExportedPoint[]>;
  /** The name of every instrumentation scope exported so far. */
  scopes(): readonly string[];
}

/** Makes a {@link MetricHost}. */
export function createMetricHost(): MetricHost {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  const newest = (): readonly ScopeMetrics[] => exporter.getMetrics().at(-1)?.scopeMetrics ?? [];
  return {
    provider,
    async collect() {
      await provider.forceFlush();
      return newest()
        .flatMap(({ metrics }) => metrics)
        .flatMap(({ dataPointType, dataPoints, descriptor: { name, unit } }) =>
          dataPointType === DataPointType.HISTOGRAM
            ? dataPoints.map(({ attributes, value: { count, sum } }) => ({ name, unit, attributes, value: count, sum }))
            : dataPoints.map(({ attributes, value }) => ({ name, unit, attributes, value: value as number })),
        );
    },
    scopes: () => newest().map(({ scope }) => scope.name),
    async [Symbol.asyncDispose]() {
      await provider.shutdown();
    },
  };
}
