import { Session } from "node:inspector/promises";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Environment, fn, mountEach } from "tidemark";
import { measureShare } from "../share.ts";

// Usage: update.ts COUNT REPETITIONS, with TIDEMARK_PROGRESS=tty. Runs COUNT small components again and again, with and without a display in
// turn, and prints what the runs took and which share of those with a display was spent in it.
const [count, repetitions] = process.argv.slice(2).map(Number) as [number, number];
// What is run for the display only: itself, and the snapshots that are made for who watches.
const PARTS = ["report/", "progress/watch.js"];
const dbPath = mkdtempSync(join(tmpdir(), "tidemark-bench-"));

const small = fn({ memo: true }, function small(_item: number) {});

const main = fn(async function main() {
  await mountEach(
    small,
    Array.from({ length: count }, (_, index) => [index, index] as const),
  );
});

async function measure(app: App, reportToStdout: number | false): Promise<number> {
  const startedAt = performance.now();
  await app.update({ fullReprocess: true, reportToStdout });
  return performance.now() - startedAt;
}

try {
  await using environment = new Environment({ dbPath });
  const app = new App({ name: "bench", environment }, main);
  await measure(app, 100);
  await measure(app, false);
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 200 });
  const withDisplay: number[] = [];
  const without: number[] = [];
  const shares: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    without.push(await measure(app, false));
    withDisplay.push(await measure(app, 100));
    await session.post("Profiler.start");
    await measure(app, 100);
    shares.push(measureShare((await session.post("Profiler.stop")).profile, PARTS));
  }
  // On a line of its own, after what the display has written.
  console.log(`\n${JSON.stringify({ withDisplay, without, shares })}`);
} finally {
  rmSync(dbPath, { recursive: true });
}
