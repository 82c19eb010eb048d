import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Environment, fn, mountEach, type UpdateHandle } from "tidemark";

// Usage: run.ts COUNT REPETITIONS WATCHERS..., with --expose-gc. Updates an app of COUNT memoized components, in turn with each number
// of watchers, REPETITIONS times; prints for each update what it took, and once for each number of watchers the memory they take.
const [count, repetitions, ...numsWatchers] = process.argv.slice(2).map(Number) as [number, number, ...number[]];

const noop = fn({ memo: true }, function noop(_item: number) {});

/** Called when half of the items have been taken. */
let atHalf: (() => void) | undefined;

function* items(): Generator<[number, number]> {
  for (let index = 0; index < count; index++) {
    if (index === count >> 1) atHalf?.();
    yield [index, index];
  }
}

const main = fn(async function main() {
  await mountEach(noop, items());
});

interface Watched {
  readonly numWatchers: number;
  readonly elapsedMs: number;
  readonly cpuMs: number;
  /** Of all watchers. */
  readonly numEvents: number;
  /** Components finished in the final snapshot; the least that any watcher saw. */
  readonly numFinished: number;
}

async function watch(handle: UpdateHandle<unknown>): Promise<{ numEvents: number; numFinished: number }> {
  let numEvents = 0;
  let numFinished = 0;
  for await (const { final, stats } of handle.watch()) {
    numEvents++;
    if (final) numFinished = stats.byComponent["noop"]?.numFinished ?? 0;
  }
  return { numEvents, numFinished };
}

async function update(app: App, numWatchers: number): Promise<Watched> {
  globalThis.gc?.();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const handle = app.update();
  const watching = Array.from({ length: numWatchers }, () => watch(handle));
  await handle;
  const watched = await Promise.all(watching);
  const elapsedMs = performance.now() - startedAt;
  const cpu = process.cpuUsage(cpuBefore);
  return {
    numWatchers,
    elapsedMs,
    cpuMs: (cpu.user + cpu.system) / 1000,
    numEvents: watched.reduce((sum, one) => sum + one.numEvents, 0),
    numFinished: Math.min(
      handle.stats()?.byComponent["noop"]?.numFinished ?? 0,
      ...watched.map((one) => one.numFinished),
    ),
  };
}

/** The heap in use half-way through a run. */
async function heapAtHalf(app: App, numWatchers: number): Promise<number> {
  let heap = 0;
  atHalf = () => {
    globalThis.gc?.();
    heap = process.memoryUsage().heapUsed;
  };
  await update(app, numWatchers);
  atHalf = undefined;
  return heap;
}

const dbPath = mkdtempSync(join(tmpdir(), "tidemark-bench-"));
try {
  await using environment = new Environment({ dbPath });
  const app = new App({ name: "bench", environment }, main);
  await app.update();
  await update(app, 1);
  const updates: Watched[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const inTurn = repetition % 2 === 0 ? numsWatchers : numsWatchers.toReversed();
    for (const numWatchers of inTurn) updates.push(await update(app, numWatchers));
  }
  const base = await heapAtHalf(app, 0);
  const heaps: number[] = [];
  for (const numWatchers of numsWatchers) heaps.push((await heapAtHalf(app, numWatchers)) - base);
  console.log(JSON.stringify({ updates, heaps }));
} finally {
  rmSync(dbPath, { recursive: true });
}
