import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Environment, fn, mount, type UpdateHandle } from "tidemark";

// Usage: run.ts NAMES CALLS. Counts in NAMES component functions, and prints what a call of stats() and a snapshot take then.
const [numNames, numCalls] = process.argv.slice(2).map(Number) as [number, number];

const functions = Array.from({ length: numNames }, (_, index) => fn({ name: `noop${index}` }, () => {}));
const last = fn(function last() {});

interface Figures {
  /** Of a call after something has been counted, in microseconds. */
  readonly changedUs: number[];
  /** Of a call when nothing has changed since the one before, in microseconds. */
  readonly sameUs: number[];
  jsonUs: number;
  jsonBytes: number;
}

const figures: Figures = { changedUs: [], sameUs: [], jsonUs: 0, jsonBytes: 0 };

const main = fn(async function main() {
  const mounted = [];
  for (const [index, noop] of functions.entries()) mounted.push(await mount(`noop ${index}`, noop));
  await Promise.all(mounted.map((component) => component.ready()));
  for (let call = 0; call < numCalls; call++) {
    await (await mount(`last ${call}`, last)).ready();
    figures.changedUs.push(timeUs(() => handle.stats()));
    figures.sameUs.push(timeUs(() => handle.stats()));
  }
  figures.jsonUs = timeUs(() => {
    figures.jsonBytes = JSON.stringify(handle.stats()).length;
  });
});

function timeUs(action: () => void): number {
  const startedAt = process.hrtime.bigint();
  action();
  return Number(process.hrtime.bigint() - startedAt) / 1000;
}

const dbPath = mkdtempSync(join(tmpdir(), "tidemark-bench-"));
let handle: UpdateHandle<unknown>;
try {
  await using environment = new Environment({ dbPath });
  handle = new App({ name: "bench", environment }, main).update();
  await handle;
  const { byComponent, total } = handle.stats()!;
  console.log(JSON.stringify({ ...figures, numComponents: Object.keys(byComponent).length, numAdds: total.numAdds }));
} finally {
  rmSync(dbPath, { recursive: true });
}
