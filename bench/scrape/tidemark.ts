import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { App, Environment, fn, mount, statsGroup } from "tidemark";
import { serve } from "tidemark/serve";
import { measureScrapes } from "./measure.ts";

// Usage: tidemark.ts SERIES REPETITIONS FILE. Serves about SERIES series of a run, scrapes them, and leaves them in FILE.
const [series, repetitions] = process.argv.slice(2).map(Number) as [number, number];
const file = process.argv[4]!;

/** Counters, in progress, queue, and the histogram of the one outcome that there is. */
const SERIES_OF_PAIR = 9 + 19;
const COMPONENTS_OF_GROUP = 20;

/** What one app exports is bounded: more series take more apps. */
const MAX_PAIRS_OF_APP = 1000;

const numPairs = Math.ceil(series / SERIES_OF_PAIR);
const components = Array.from({ length: COMPONENTS_OF_GROUP }, (_, index) =>
  fn({ name: `component_${index}` }, () => {}),
);

const main = fn(async function main(pairsOfApp: number) {
  for (let group = 0; group * COMPONENTS_OF_GROUP < pairsOfApp; group++) {
    await statsGroup(`Group number ${group}`, async () => {
      for (const [index, component] of components.entries()) {
        if (group * COMPONENTS_OF_GROUP + index < pairsOfApp) await mount(`${group} ${index}`, component);
      }
    });
  }
});

const dbPath = mkdtempSync(join(tmpdir(), "tidemark-bench-"));
try {
  await using environment = new Environment({ dbPath });
  await using server = await serve({ port: 0, environment });
  for (let first = 0; first < numPairs; first += MAX_PAIRS_OF_APP) {
    const pairsOfApp = Math.min(MAX_PAIRS_OF_APP, numPairs - first);
    await new App({ name: `bench ${first}`, environment }, main, pairsOfApp).update();
  }
  const { figures, text } = await measureScrapes(`${server.url}/metrics`, repetitions);
  const gzip = await measureScrapes(`${server.url}/metrics`, repetitions, { "accept-encoding": "gzip" });
  writeFileSync(file, text);
  console.log(
    JSON.stringify({ plain: figures, gzip: { ...gzip.figures, bytes: gzipSync(text, { level: 6 }).length } }),
  );
} finally {
  rmSync(dbPath, { recursive: true });
}
