import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { Counter as PromCounter, Registry } from "prom-client";
// An increment alone cannot be seen through the public entry points.
// oxlint-disable-next-line eslint/no-restricted-imports
import { Tally } from "../../lib/progress/tally.ts";

// Usage: events.ts KIND READERS COUNT. Counts COUNT events in steps, between which timers may fire, and prints the nanoseconds each
// took and what was counted in the end.
const [kind, numReaders, count] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];

/** Between two steps a beat may happen, as in a run. */
const STEP = 10_000;

interface Counting {
  readonly countOne: () => void;
  /** How many events have been counted, as its readers see it. */
  readonly total: () => Promise<number>;
}

/** A reader as a host has one: it collects when asked. */
class HostReader extends MetricReader {
  async total(): Promise<number> {
    const { resourceMetrics } = await this.collect();
    const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    const metric = metrics.find(({ descriptor }) => /unchanged|^events$/.test(descriptor.name));
    return metric?.dataPoints.reduce((sum, { value }) => sum + (value as number), 0) ?? 0;
  }
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

const readers = Array.from({ length: numReaders }, () => new HostReader());
const provider = new MeterProvider({ readers });
const attributes = { app: "bench", component: "processFile", group: "root" };

/** What all readers agree on. */
async function totalOf(fallback: () => number): Promise<number> {
  const totals = await Promise.all(readers.map((reader) => reader.total()));
  if (new Set(totals).size > 1) throw new Error(`Cannot count: the readers saw ${totals.join(", ")}`);
  return totals[0] ?? fallback();
}

const KINDS: Readonly<Record<string, () => Counting>> = {
  tidemark() {
    const tally = new Tally();
    const run = tally.begin(
      { app: "bench", environment: {}, isUpdate: true, isLive: false, slotLimit: 1024 },
      provider,
    );
    const report = tally.open({ app: "bench", title: null, run });
    const cell = report.cell("processFile");
    return {
      countOne: () => cell.hit(),
      async total() {
        await tally.flush();
        return totalOf(() => report.stats().total.numUnchanged);
      },
    };
  },
  opentelemetry() {
    const counter = provider.getMeter("bench").createCounter("events");
    let numCounted = 0;
    return {
      countOne() {
        counter.add(1, attributes);
        numCounted++;
      },
      total: () => totalOf(() => numCounted),
    };
  },
  "prom-client"() {
    const registry = new Registry();
    const labelNames = Object.keys(attributes);
    const counter = new PromCounter({ name: "events", help: "Events", labelNames, registers: [registry] });
    return {
      countOne: () => counter.inc(attributes),
      total: async () => (await counter.get()).values[0]?.value ?? 0,
    };
  },
};

async function countMany(counting: Counting, number: number): Promise<number> {
  const startedAt = process.hrtime.bigint();
  for (let done = 0; done < number; done += STEP) {
    const step = Math.min(STEP, number - done);
    for (let index = 0; index < step; index++) counting.countOne();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return Number(process.hrtime.bigint() - startedAt) / number;
}

const create = KINDS[kind!];
if (create === undefined) throw new RangeError(`Cannot count events: KIND must be ${Object.keys(KINDS).join(" or ")}`);
const counting = create();
await countMany(counting, Math.ceil(count / 4));
const nsPerEvent = await countMany(counting, count);
console.log(JSON.stringify({ nsPerEvent, total: await counting.total(), expected: Math.ceil(count / 4) + count }));
process.exit();
