import {
  InMemoryMetricExporter,
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { expect } from "chai";
import { App } from "../../lib/index.ts";
import { EXPORTED_INSTRUMENTS, nameWithUnit } from "../../lib/progress/schema/names.ts";
import { tidemarkViews } from "../../lib/telemetry/index.ts";
import { createTestEnvironment } from "../test-environment.ts";

describe("tidemarkViews", () => {
  it("give every instrument one stream, under the name that has its unit", async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const provider = new MeterProvider({ readers: [reader], views: tidemarkViews() });
    await using test = await createTestEnvironment({ meterProvider: provider });
    await new App({ name: "viewed", environment: test.environment }, function main() {}).update({ live: true });
    await provider.forceFlush();
    const names = exporter
      .getMetrics()
      .at(-1)!
      .scopeMetrics.flatMap(({ metrics }) => metrics)
      .map(({ descriptor }) => descriptor.name);
    expect(names).to.have.members(EXPORTED_INSTRUMENTS.map(nameWithUnit));
    await provider.shutdown();
  });

  it("leave instruments of others with the same names alone", async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const provider = new MeterProvider({ readers: [reader], views: tidemarkViews() });
    provider.getMeter("other").createHistogram("tidemark.run.duration").record(1);
    await provider.forceFlush();
    const [metric] = exporter
      .getMetrics()
      .at(-1)!
      .scopeMetrics.flatMap(({ metrics }) => metrics);
    expect(metric?.descriptor.name).to.equal("tidemark.run.duration");
    await provider.shutdown();
  });

  it("add units only where an exporter would", () => {
    const renamed = tidemarkViews().filter(({ instrumentName, name }) => instrumentName !== name);
    expect(renamed.map(({ name }) => name)).to.deep.equal([
      "tidemark.component.duration_seconds",
      "tidemark.run.duration_seconds",
      "tidemark.run.start.timestamp_seconds",
      "tidemark.run.last_success.timestamp_seconds",
      "tidemark.app.start.timestamp_seconds",
      "tidemark.live.lag_seconds",
      "nodejs.eventloop.delay.p99_seconds",
      "nodejs.eventloop.delay.max_seconds",
      "nodejs.eventloop.utilization_ratio",
      "v8js.memory.heap.used_bytes",
    ]);
  });

  it("refuse a bound that is none", () => {
    expect(() => tidemarkViews({ maxSeries: 0 })).to.throw(RangeError, "Cannot make views: `maxSeries`");
  });
});
