import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { App, Environment, fn, mountEach } from "tidemark";

// Usage: run.ts counted|uncounted READERS COUNT UPDATES. Updates an app of COUNT memoized components UPDATES times, with READERS host
// readers that export every second, and prints what each update took. Memo hits do the least, so counting weighs the most.
const [mode, numReaders, count, numUpdates] = [process.argv[2], ...process.argv.slice(3).map(Number)] as [
  "counted" | "uncounted",
  number,
  number,
  number,
];

if (mode === "uncounted") await stopCounting();

const exporters = Array.from({ length: numReaders }, () => new InMemoryMetricExporter(AggregationTemporality.DELTA));
const readers = exporters.map(
  (exporter) => new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1000 }),
);
const meterProvider = new MeterProvider({ readers });

const noop = fn({ memo: true }, function noop(_item: number) {});

function* items(): Generator<[number, number]> {
  for (let index = 0; index < count; index++) yield [index, index];
}

const main = fn(async function main() {
  await mountEach(noop, items());
});

const dbPath = mkdtempSync(join(tmpdir(), "tidemark-bench-"));
try {
  await using environment = new Environment({ dbPath, meterProvider });
  const app = new App({ name: "bench", environment }, main);
  await app.update();
  const updates = [];
  let numUnchanged = 0;
  for (let update = 0; update < numUpdates; update++) {
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    const handle = app.update();
    await handle;
    const elapsedMs = performance.now() - startedAt;
    const cpu = process.cpuUsage(cpuBefore);
    updates.push({ elapsedMs, cpuMs: (cpu.user + cpu.system) / 1000 });
    numUnchanged += handle.stats()?.byComponent["noop"]?.numUnchanged ?? 0;
  }
  await meterProvider.forceFlush();
  console.log(JSON.stringify({ updates, numUnchanged, numExported: exporters.map(sumUnchanged) }));
} finally {
  rmSync(dbPath, { recursive: true });
}
await meterProvider.shutdown();

/** Takes the counting out of cells: there is no option for that, and a run needs nothing of what they count. */
async function stopCounting(): Promise<void> {
  const url = new URL("progress/cell.js", import.meta.resolve("tidemark")).href;
  const { Cell } = (await import(url)) as { Cell: { prototype: Record<string, () => void> } };
  for (const method of ["start", "finish", "hit", "cancel", "enqueue", "dequeue"]) {
    if (!Object.hasOwn(Cell.prototype, method)) throw new Error(`Cannot stop counting: Cell has no method ${method}`);
    Cell.prototype[method] = () => {};
  }
}

function sumUnchanged(exporter: InMemoryMetricExporter): number {
  let sum = 0;
  for (const { scopeMetrics } of exporter.getMetrics()) {
    for (const { dataPoints, descriptor } of scopeMetrics.flatMap((scope) => scope.metrics)) {
      if (descriptor.name !== "tidemark.component.unchanged") continue;
      for (const { attributes, value } of dataPoints) if (attributes["component"] === "noop") sum += value as number;
    }
  }
  return sum;
}
