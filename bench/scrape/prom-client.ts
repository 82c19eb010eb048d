import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { measureScrapes } from "./measure.ts";

// Usage: prom-client.ts FILE REPETITIONS. Makes the series of FILE, which tidemark.ts has left, with prom-client; scrapes them.
const [file, repetitions] = process.argv.slice(2) as [string, string];
const lines = readFileSync(file, "utf8").split("\n");

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What the comments of one kind say, by the name of the metric. */
function commentsOf(kind: "HELP" | "TYPE"): Map<string, string> {
  const comments = lines
    .map((line) => new RegExp(`^# ${kind} (\\S+) (.*)$`).exec(line))
    .filter((match) => match !== null);
  return new Map(comments.map(([, name = "", text = ""]) => [name, text]));
}

const types = commentsOf("TYPE");
const helps = commentsOf("HELP");
const samples: Sample[] = lines
  .map((line) => /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line))
  .filter((match) => match !== null)
  .map(([, name = "", labels = "", value = ""]) => ({
    name,
    labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", text = ""]) => [key, text])),
    value: Number(value),
  }));

const registry = new Registry();
for (const [name, type] of types) {
  const help = helps.get(name) ?? name;
  const own = samples.filter(
    (sample) => sample.name === name || (type === "histogram" && sample.name === `${name}_bucket`),
  );
  const labelNames = Object.keys(own[0]?.labels ?? {}).filter((key) => key !== "le");
  const options = { name, help, labelNames, registers: [registry] };
  if (type === "counter") addAll(new Counter(options), own, (counter, { labels, value }) => counter.inc(labels, value));
  else if (type === "gauge") addAll(new Gauge(options), own, (gauge, { labels, value }) => gauge.set(labels, value));
  else addHistogram(options, own);
}

function addAll<M>(metric: M, own: readonly Sample[], add: (metric: M, sample: Sample) => void): void {
  for (const sample of own) add(metric, sample);
}

interface Options {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
  readonly registers: Registry[];
}

/** One value for each series: how many there are in a bucket makes no difference to a scrape. */
function addHistogram(options: Options, own: readonly Sample[]): void {
  const buckets = [...new Set(own.map(({ labels }) => Number(labels["le"])))].filter(Number.isFinite);
  const histogram = new Histogram({ ...options, buckets });
  for (const { labels } of own) {
    const { le, ...others } = labels;
    if (le === "+Inf") histogram.observe(others, buckets[0]!);
  }
}

const server = createServer((_request, response) => {
  void registry.metrics().then((text) => response.writeHead(200, { "content-type": registry.contentType }).end(text));
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { figures } = await measureScrapes(
  `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  Number(repetitions),
);
server.close();
server.closeAllConnections();
console.log(JSON.stringify({ plain: figures }));
