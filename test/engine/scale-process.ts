import { App, Environment, fn, mountEach, type UpdateStats } from "../../lib/index.ts";

// Mounts many components twice, and prints what it has cost. Run with --expose-gc.
const [dbPath, count] = process.argv.slice(2) as [string, string];
const numItems = Number(count);
const collect = (globalThis as unknown as { gc: () => void }).gc;
let numTaken = 0;
let numMade = 0;
let maxAhead = 0;

function* items(): Generator<readonly [number, number]> {
  for (let index = 0; index < numItems; index++) {
    numTaken++;
    // In the second run nothing is made.
    if (numTaken <= numItems) maxAhead = Math.max(maxAhead, numTaken - numMade);
    yield [index, index];
  }
}

const work = fn({ memo: true }, async function work(index: number) {
  await Promise.resolve();
  numMade++;
  return index;
});
const main = fn(async function main() {
  await mountEach(work, items());
});

await using environment = new Environment({ dbPath });
const app = new App({ name: "large", environment }, main);
const runs: unknown[] = [];
for (const _ of [1, 2]) {
  collect();
  const heapBefore = process.memoryUsage().heapUsed;
  const begin = performance.now();
  const handle = app.update();
  let heapMax = 0;
  let isMonotonic = true;
  let previous: UpdateStats | null = null;
  const sample = setInterval(() => {
    collect();
    heapMax = Math.max(heapMax, process.memoryUsage().heapUsed - heapBefore);
    const stats = handle.stats();
    isMonotonic &&= !isBehind(stats, previous);
    previous = stats;
  }, 250);
  await handle;
  clearInterval(sample);
  runs.push({
    ms: performance.now() - begin,
    heapMax,
    isMonotonic,
    work: handle.stats()?.byComponent["work"],
    total: handle.stats()?.total,
  });
}
console.log(JSON.stringify({ numMade, maxAhead, runs }));

function isBehind(stats: UpdateStats | null, previous: UpdateStats | null): boolean {
  if (previous === null) return false;
  if (stats === null) return true;
  const { numExecutionStarts, numFinished, numAdds, numUnchanged } = stats.total;
  const before = previous.total;
  return (
    numExecutionStarts < before.numExecutionStarts ||
    numFinished < before.numFinished ||
    numAdds < before.numAdds ||
    numUnchanged < before.numUnchanged
  );
}
