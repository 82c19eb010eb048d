import { App, Environment, fn, mountEach, type UpdateHandle, type UpdateStats } from "../../../lib/index.ts";

// Mounts many components twice, and prints what it has cost. Run with --expose-gc.
const [dbPath, count] = process.argv.slice(2) as [string, string];
const numItems = Number(count);
const collect = (globalThis as unknown as { gc: () => void }).gc;
let numTaken = 0;
let numMade = 0;
let maxAhead = 0;
let handle: UpdateHandle<void> | undefined;
let seen: UpdateStats | null = null;
let isMonotonic = true;

/** Looks whether a count has gone backwards. */
function look(): void {
  const stats = handle?.stats() ?? null;
  isMonotonic &&= !isBehind(stats, seen);
  seen = stats;
}

function* items(): Generator<readonly [number, number]> {
  for (let index = 0; index < numItems; index++) {
    look();
    numTaken++;
    // In the second run nothing is made.
    if (numTaken <= numItems) maxAhead = Math.max(maxAhead, numTaken - numMade);
    yield [index, index];
  }
}

const work = fn({ memo: true }, async function work(index: number) {
  await Promise.resolve();
  numMade++;
  look();
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
  handle = app.update();
  seen = null;
  isMonotonic = true;
  let heapMax = 0;
  const sample = setInterval(() => {
    collect();
    heapMax = Math.max(heapMax, process.memoryUsage().heapUsed - heapBefore);
  }, 250);
  await handle;
  look();
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
