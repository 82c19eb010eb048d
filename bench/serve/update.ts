import { spawn } from "node:child_process";
import { Session } from "node:inspector/promises";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { App, Environment, fn, mountEach } from "tidemark";
import { serve } from "tidemark/serve";
import { measureShare } from "../share.ts";
import type { ServeFigures, ServeRun } from "./table.ts";

// Usage: update.ts COUNT CLIENTS IDLE REPETITIONS. Runs COUNT small components again and again, first served to nobody, then to CLIENTS of which
// IDLE never read, and prints what the runs took.
const [count, numClients, numIdle, repetitions] = process.argv.slice(2).map(Number) as [number, number, number, number];
const dbPath = mkdtempSync(join(tmpdir(), "tidemark-bench-"));

const small = fn({ memo: true }, function small(_item: number) {});

const main = fn(async function main() {
  await mountEach(
    small,
    Array.from({ length: count }, (_, index) => [index, index] as const),
  );
});

const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.setSamplingInterval", { interval: 200 });

async function measure(app: App): Promise<ServeRun> {
  globalThis.gc?.();
  await session.post("Profiler.start");
  const startedAt = performance.now();
  await app.update({ fullReprocess: true });
  const ms = performance.now() - startedAt;
  const { profile } = await session.post("Profiler.stop");
  const run = { ms, share: measureShare(profile, ["serve/"]) };
  // The last events are sent after the run.
  await setTimeout(300);
  return run;
}

async function connectClients(url: string): Promise<{ ask(): Promise<string>; end(): void }> {
  const args = [new URL("./clients.ts", import.meta.url).pathname, url, String(numClients), String(numIdle)];
  const clients = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: clients.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return {
    async ask() {
      clients.stdin.write("?\n");
      return (await lines.next()).value as string;
    },
    end: () => void clients.stdin.end(),
  };
}

try {
  await using environment = new Environment({ dbPath });
  await using server = await serve({ port: 0, environment });
  const app = new App({ name: "bench", environment }, main);
  await measure(app);
  await measure(app);
  const alone: ServeRun[] = [];
  const served: ServeRun[] = [];
  let finals = "";
  let growthMb = 0;
  // In turn, so that a machine that gets slower does not count for one side only.
  for (let repetition = 0; repetition < repetitions; repetition++) {
    alone.push(await measure(app));
    const before = process.memoryUsage().rss;
    const clients = await connectClients(server.url);
    served.push(await measure(app));
    growthMb = Math.max(growthMb, (process.memoryUsage().rss - before) / 2 ** 20);
    finals = await clients.ask();
    clients.end();
    await setTimeout(300);
  }
  const figures: ServeFigures = { alone, served, growthMb, ...(JSON.parse(finals) as { least: number; most: number }) };
  console.log(JSON.stringify(figures));
} finally {
  rmSync(dbPath, { recursive: true });
}
