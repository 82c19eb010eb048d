import { LmdbStore } from "../../../lib/state/lmdb-store.ts";
import { randomOf, RandomWrites } from "./random-store.ts";

// Writes a random store for ever, and prints a line for each write: `node random-writes-process.ts FOLDER SEED`.
const store = await LmdbStore.open(process.argv[2]!, { initialMapBytes: 1024 * 1024 });
const writes = new RandomWrites(randomOf(Number(process.argv[3])));

for (;;) {
  await Promise.all([store.write(writes.next()), store.write(writes.next())]);
  process.stdout.write("written\n");
}
