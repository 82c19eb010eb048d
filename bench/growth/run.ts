import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Environment, type StatsGroupHandle, type UpdateHandle } from "tidemark";
import { isShape, SHAPES } from "./shapes.ts";

// Usage: run.ts SHAPE COUNT SIZE UPDATES, with --expose-gc. Builds an app of COUNT leaves in a SHAPE of this SIZE, updates it UPDATES
// times more, and prints what that took.
const [shape, count, size, numUpdates] = [process.argv[2]!, ...process.argv.slice(3).map(Number)] as [
  string,
  number,
  number,
  number,
];
if (!isShape(shape)) {
  throw new RangeError(`Cannot grow: SHAPE must be ${Object.keys(SHAPES).join(" or ")}, got ${shape}`);
}

let handle: UpdateHandle<unknown> | undefined;
let isProbing = false;
let maxHeld = 0;
let heapAtEnd = 0;
let probingMs = 0;
let groups: StatsGroupHandle[] = [];

const main = SHAPES[shape](count, size, {
  onItem(index) {
    if (!isProbing || index % 64 !== 0) return;
    maxHeld = Math.max(maxHeld, index - (handle?.stats()?.byComponent["leaf"]?.numFinished ?? index));
  },
  onGroup(group) {
    groups.push(group);
  },
  onEnd() {
    const startedAt = performance.now();
    if (isProbing) heapAtEnd = usedHeap();
    probingMs = performance.now() - startedAt;
  },
});

/** Updates the app; the time that measuring its memory takes is not counted. */
async function update(app: App): Promise<number> {
  groups = [];
  const startedAt = performance.now();
  handle = app.update();
  await handle;
  return performance.now() - startedAt - probingMs;
}

/** Updates the app and gives the bytes that its heap grows by until all leaves are mounted, too. */
async function updateAndProbe(app: App): Promise<{ elapsedMs: number; heapBytes: number }> {
  groups = [];
  handle = undefined;
  const heapBefore = usedHeap();
  isProbing = true;
  const elapsedMs = await update(app);
  isProbing = false;
  return { elapsedMs, heapBytes: heapAtEnd - heapBefore };
}

function usedHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function countUnchanged(): number {
  const reports = [handle!, ...groups];
  return reports.reduce((sum, report) => sum + (report.stats()?.total.numUnchanged ?? 0), 0);
}

const dbPath = mkdtempSync(join(tmpdir(), "tidemark-bench-"));
try {
  await using environment = new Environment({ dbPath });
  const app = new App({ name: "bench", environment }, main);
  const first = await updateAndProbe(app);
  const unchangedMs: number[] = [];
  for (let index = 0; index < numUpdates; index++) unchangedMs.push(await update(app));
  const numUnchanged = countUnchanged();
  const { heapBytes } = await updateAndProbe(app);
  const storeBytes = readdirSync(dbPath).reduce((sum, name) => sum + statSync(join(dbPath, name)).blocks * 512, 0);
  const peakMb = process.resourceUsage().maxRSS / 1024;
  console.log(
    JSON.stringify({
      first,
      unchanged: { elapsedMs: unchangedMs, heapBytes },
      storeBytes,
      peakMb,
      maxHeld,
      numUnchanged,
    }),
  );
} finally {
  rmSync(dbPath, { recursive: true });
}
