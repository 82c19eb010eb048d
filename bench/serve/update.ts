import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { App, Environment, fn, mountEach } from "tidemark";
import { serve } from "tidemark/serve";
import { measureShare } from "../share.ts";
import { pinToCore } from "./pin.ts";
import { median } from "../table.ts";
import type { ServeFigures, ServeRun } from "./table.ts";

// Usage: update.ts COUNT CLIENTS IDLE PAIRS. Runs COUNT small components again and again, served to nobody and to CLIENTS of which IDLE never read, and
// prints what the runs took.
const [count, numClients, numIdle, numPairs] = process.argv.slice(2).map(Number) as [number, number, number, number];
const dbPath = mkdtempSync(join(tmpdir(), "tidemark-bench-"));
pinToCore(0);

const small = fn({ memo: true }, function small(_item: number) {});

const main = fn(async function main() {
  await mountEach(
    small,
    Array.from({ length: count }, (_, index) => [index, index] as const),
  );
});

const environment = new Environment({ dbPath });
const server = await serve({ port: 0, environment });
const app = new App({ name: "bench", environment }, main);

async function run(): Promise<ServeRun> {
  globalThis.gc?.();
  const cpuBefore = process.threadCpuUsage();
  const startedAt = performance.now();
  await app.update({ fullReprocess: true });
  const ms = performance.now() - startedAt;
  // The kernel's work for the sockets is done in the calls that write, and so is counted here.
  const { system, user } = process.threadCpuUsage(cpuBefore);
  return { ms, cpuMs: (system + user) / 1000 };
}

async function profile(): Promise<number> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 200 });
  const shares: number[] = [];
  for (let repetition = 0; repetition < 3; repetition++) {
    await session.post("Profiler.start");
    await run();
    shares.push(measureShare((await session.post("Profiler.stop")).profile, ["serve/"]));
    // The last events are not to count for the next one.
    await setTimeout(300);
  }
  session.disconnect();
  return median(shares);
}

interface Clients {
  /** The numbers of final snapshots, as JSON. */
  readonly finals: () => Promise<string>;
  readonly end: () => Promise<void>;
}

/** Starts the process of the clients, which follow or do nothing. */
async function connectClients(isFollowing: boolean): Promise<Clients> {
  const file = new URL("./clients.ts", import.meta.url).pathname;
  const args = [file, String(numClients), String(numIdle), ...(isFollowing ? [server.url] : [])];
  const clients = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: clients.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return {
    async finals() {
      clients.stdin.write("?\n");
      return (await lines.next()).value as string;
    },
    async end() {
      clients.stdin.end();
      await once(clients, "close");
      await setTimeout(100);
    },
  };
}

interface Side<T> {
  readonly result: T;
  readonly finals: string;
  readonly growthMb: number;
}

async function measure<T>(isFollowing: boolean, action: () => Promise<T>): Promise<Side<T>> {
  const before = process.memoryUsage().rss;
  const clients = await connectClients(isFollowing);
  const result = await action();
  const growthMb = (process.memoryUsage().rss - before) / 2 ** 20;
  // The last events are sent after the run.
  await setTimeout(300);
  const finals = await clients.finals();
  await clients.end();
  return { result, finals, growthMb };
}

try {
  for (let warmUp = 0; warmUp < 2; warmUp++) await run();
  const alone: ServeRun[] = [];
  const served: ServeRun[] = [];
  let finals = "";
  let growthMb = 0;
  for (let pair = 0; pair < numPairs; pair++) {
    // A machine that gets slower, or that is warmed up by the first, does not count for one side only.
    for (const isFollowing of pair % 2 === 0 ? [false, true] : [true, false]) {
      const side = await measure(isFollowing, run);
      (isFollowing ? served : alone).push(side.result);
      if (isFollowing) finals = side.finals;
      if (isFollowing) growthMb = Math.max(growthMb, side.growthMb);
    }
  }
  const shareAlone = (await measure(false, profile)).result;
  const shareServed = (await measure(true, profile)).result;
  const ends = JSON.parse(finals) as { readonly least: number; readonly most: number };
  const figures: ServeFigures = { alone, served, shareAlone, shareServed, growthMb, ...ends };
  console.log(JSON.stringify(figures));
} finally {
  await server.close();
  await environment.close();
  rmSync(dbPath, { recursive: true });
}
