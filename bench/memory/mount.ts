import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Environment, fn, mountEach, type UpdateHandle } from "tidemark";

// Usage: mount.ts COUNT, with --expose-gc. Mounts COUNT components in one mountEach, twice, and prints what that took.
const count = Number(process.argv[2]);
const dbPath = mkdtempSync(join(tmpdir(), "tidemark-bench-"));

const noop = fn({ memo: true }, function noop(_item: number) {});

let update: UpdateHandle<unknown> | undefined;
let maxHeld = 0;

function* items(): Generator<[number, number]> {
  for (let index = 0; index < count; index++) {
    if (index % 64 === 0) maxHeld = Math.max(maxHeld, index - (update?.stats()?.byComponent["noop"]?.numFinished ?? 0));
    yield [index, index];
  }
}

const main = fn(async function main() {
  await mountEach(noop, items());
});

async function measure(app: App): Promise<{ elapsedMs: number; heapMb: number }> {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  let peak = 0;
  const sampler = setInterval(() => {
    globalThis.gc?.();
    peak = Math.max(peak, process.memoryUsage().heapUsed - before);
  }, 250);
  const startedAt = performance.now();
  update = app.update();
  await update;
  const elapsedMs = performance.now() - startedAt;
  clearInterval(sampler);
  return { elapsedMs, heapMb: peak / 2 ** 20 };
}

try {
  await using environment = new Environment({ dbPath });
  const app = new App({ name: "bench", environment }, main);
  const first = await measure(app);
  const held = maxHeld;
  const second = await measure(app);
  console.log(JSON.stringify({ first, second, maxHeld: held, peakMb: process.resourceUsage().maxRSS / 1024 }));
} finally {
  rmSync(dbPath, { recursive: true });
}
