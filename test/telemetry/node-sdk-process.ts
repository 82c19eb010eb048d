import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { App, Environment, fn, mountEach, statsGroup, type StatsGroupHandle } from "../../lib/index.ts";
import { tidemarkViews } from "../../lib/telemetry/index.ts";

// Usage: node-sdk-process.ts URL STORE. A host with the OpenTelemetry SDK for Node that ends right after its update; prints stats.
const [url, dbPath] = process.argv.slice(2) as [string, string];
const sdk = new NodeSDK({
  metricReaders: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ url }) })],
  views: tidemarkViews(),
  spanProcessors: [],
  logRecordProcessors: [],
  autoDetectResources: false,
});
sdk.start();

const doc = fn({ memo: true }, function doc(text: string) {
  if (text === "broken") throw new Error("boom");
});
let docs: StatsGroupHandle | undefined;
await using environment = new Environment({ dbPath, onException: () => {} });
const app = new App({ name: "hosted", environment }, async function main() {
  await mountEach(doc, [["a", "a"]]);
  await statsGroup("Docs", async (group) => {
    docs = group;
    await mountEach("docs", doc, [
      ["b", "b"],
      ["broken", "broken"],
    ]);
  });
});
const handle = app.update({ live: true });
await handle;
console.log(JSON.stringify({ root: handle.stats(), Docs: docs!.stats() }));
await sdk.shutdown();
