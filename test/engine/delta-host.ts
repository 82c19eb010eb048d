import type { Attributes } from "@opentelemetry/api";
import { AggregationTemporality, MetricReader } from "@opentelemetry/sdk-metrics";

/** What is exported of an app between two looks at it, by instrument, app, component and group. */
export class DeltaHost extends MetricReader {
  readonly #apps = new Map<string, Map<string, number>>();

  constructor() {
    super({ aggregationTemporalitySelector: () => AggregationTemporality.DELTA });
  }

  async take(app: string): Promise<ReadonlyMap<string, number>> {
    const { resourceMetrics } = await this.collect();
    for (const { dataPoints, descriptor } of resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)) {
      for (const { attributes, value } of dataPoints) {
        const count = typeof value === "number" ? value : value.count;
        const outcome = attributes["outcome"];
        this.#add(
          outcome === undefined ? descriptor.name : `${descriptor.name}/${outcome as string}`,
          attributes,
          count,
        );
      }
    }
    const taken = this.#apps.get(app) ?? new Map<string, number>();
    this.#apps.delete(app);
    return taken;
  }

  #add(name: string, { app, component, group }: Attributes, value: number): void {
    if (value === 0) return;
    const sums = this.#apps.get(String(app)) ?? new Map<string, number>();
    this.#apps.set(String(app), sums);
    const key = `${name} ${String(component)} ${String(group)}`;
    sums.set(key, (sums.get(key) ?? 0) + value);
  }

  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}
}
