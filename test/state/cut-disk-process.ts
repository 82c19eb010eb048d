import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { LmdbStore } from "../../lib/state/lmdb-store.ts";
import { cutAfterFailure } from "./cut-after-failure.ts";

/** One line that this process prints: `"made"`, or the code of the error. */
export interface CutDiskReport {
  readonly writes: readonly string[];
  /** The outcome of a read while the data are cut. */
  readonly read: string;
  /** The outcome of a write once the data are back in their place. */
  readonly after: string;
}

// Run where a system call on the store's data fails: cuts the data short in the commit that fails. Prints the outcomes after it has closed the
// store.
const folder = process.argv[2]!;
const store = await LmdbStore.open(folder);
const wholeData = cutAfterFailure(folder);

async function outcomeOf(act: () => unknown): Promise<string> {
  try {
    await act();
    return "made";
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
}

const write = (key: string): Promise<string> =>
  outcomeOf(() => store.write([{ key: Buffer.from(key), value: Buffer.from("1") }]));

const writes: string[] = [];
for (let index = 0; index < 8; index++) writes.push(await write(`key${index}`));
const read = await outcomeOf(() => store.get(Buffer.from("key0")));
let after = "";
if (process.argv[3] === "back") {
  writeFileSync(join(folder, "data.mdb"), wholeData(), { flag: "r+" });
  after = await write("later");
}
await store.close();
console.log(JSON.stringify({ writes, read, after } satisfies CutDiskReport));
