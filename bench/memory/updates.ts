import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { App, Environment, fn, mount, mountEach, statsGroup, type UpdateHandle } from "tidemark";
import { serve } from "tidemark/serve";
import { sampleSteps } from "./sample.ts";

// Usage: updates.ts FOLDER UPDATES. Runs updates with groups and watchers, and prints samples of the memory.
const [folder, numUpdates] = process.argv.slice(2) as [string, string];

const ITEMS = 20;
const WATCHERS = 3;

const page = fn({ memo: true }, function page(pageVersion: number) {
  if (pageVersion % 5 === 1) throw new Error(`page of version ${pageVersion} is broken`);
});
const endless = fn(function endless() {
  return new Promise<void>(() => {});
});

await using environment = new Environment({ dbPath: join(folder, "store"), onException: () => {} });
await using _server = await serve({ port: 0, environment });
/** Outlives all updates, as the signal of a server does. */
const shutdown = new AbortController();
let version = 0;
const app = new App({ name: "memory", environment }, async function main() {
  for (const title of ["Pages", `Batch ${version}`]) {
    await statsGroup(title, () => mountEach(title, page, pages()));
  }
  if (version % 10 === 9) await mount("endless", endless);
});

const samples = await sampleSteps(Number(numUpdates), async (index) => {
  version = index;
  const isAborted = index % 10 === 9;
  const own = new AbortController();
  const handle = app.update({
    signal: isAborted ? AbortSignal.any([own.signal, shutdown.signal]) : shutdown.signal,
    live: index % 7 === 3,
  });
  const watching = watchAlong(handle);
  if (isAborted) {
    await setImmediate();
    own.abort();
  }
  await handle.result().catch(() => {});
  await Promise.all(watching);
});
console.log(JSON.stringify(samples));

/** Half of the pages are unchanged in each version. */
function* pages(): Iterable<[number, number]> {
  for (let index = 0; index < ITEMS; index++) yield [index, index % 2 === 0 ? 0 : version];
}

/** Watchers that read to the end, that stop after the first snapshot, that are abandoned, and that read late. */
function watchAlong(handle: UpdateHandle<void>): Promise<void>[] {
  const readers = Array.from({ length: WATCHERS }, async () => {
    for await (const _ of handle.watch());
  });
  const early = (async () => {
    for await (const _ of handle.watch()) break;
  })();
  const abandoned = handle.watch()[Symbol.asyncIterator]();
  void abandoned.next().catch(() => {});
  const late = (async () => {
    const snapshots = handle.watch()[Symbol.asyncIterator]();
    await snapshots.next();
    await handle.result().catch(() => {});
    await snapshots.next();
  })();
  return [...readers, early, late].map((watcher) => watcher.catch(() => {}));
}
