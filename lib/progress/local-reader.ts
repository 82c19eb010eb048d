import { AggregationTemporality, MetricReader } from "@opentelemetry/sdk-metrics";
import { COMPONENT_COUNTERS, COMPONENT_KEY, REPORT_KEY } from "./schema/names.ts";

/** What one counter of one (report, component) grew by since the last collection. */
export interface CounterDelta {
  readonly report: string;
  readonly component: string;
  /** The place of the counter in {@link COMPONENT_COUNTERS}. */
  readonly index: number;
  readonly value: number;
}

const INDEX_BY_NAME = new Map(COMPONENT_COUNTERS.map((counter, index) => [counter.name, index]));

/**
 * The metric reader through which `stats()` and `watch()` see the counters.
 *
 * It reads deltas, so that reports which have ended leave nothing behind, and lifts the limit beyond which the SDK folds
 * attribute sets into one overflow series.
 */
export class LocalReader extends MetricReader {
  constructor() {
    super({
      aggregationTemporalitySelector: () => AggregationTemporality.DELTA,
      cardinalitySelector: () => Number.MAX_SAFE_INTEGER,
    });
  }

  /** Collects what was counted since the last call. */
  async read(): Promise<CounterDelta[]> {
    const { resourceMetrics } = await this.collect();
    const deltas: CounterDelta[] = [];
    for (const metric of resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)) {
      const index = INDEX_BY_NAME.get(metric.descriptor.name);
      if (index === undefined) continue;
      for (const { attributes, value } of metric.dataPoints) {
        const report = attributes[REPORT_KEY];
        const component = attributes[COMPONENT_KEY];
        if (typeof value === "number" && typeof report === "string" && typeof component === "string") {
          deltas.push({ report, component, index, value });
        }
      }
    }
    return deltas;
  }

  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}
