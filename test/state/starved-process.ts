import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { LmdbStore } from "../../lib/state/lmdb-store.ts";

// Opens stores in a folder while 0, 1, 2 and more descriptors are free, and prints the outcome of each: "open" or the code of the error.
const folder = process.argv[2]!;
const taken: number[] = [];

/** Takes all descriptors but so many. */
function leave(numFree: number): void {
  try {
    for (;;) taken.push(openSync("/dev/null", "r"));
  } catch {
    for (const descriptor of taken.splice(-numFree, numFree)) closeSync(descriptor);
  }
}

async function outcomeOf(path: string): Promise<string> {
  try {
    await using store = await LmdbStore.open(path);
    await store.write([{ key: Buffer.from("a"), value: Buffer.from("1") }]);
    return "open";
  } catch (error) {
    return String((error as { code?: string }).code);
  }
}

const existing = join(folder, "existing");
await outcomeOf(existing);
const outcomes: string[] = [];
for (let numFree = 0; numFree < 20; numFree++) {
  leave(numFree);
  outcomes.push(await outcomeOf(existing), await outcomeOf(join(folder, String(numFree))));
}
for (const descriptor of taken) closeSync(descriptor);
outcomes.push(await outcomeOf(existing));
console.log(JSON.stringify(outcomes));
