import { LmdbStore } from "../../lib/state/lmdb-store.ts";

// Writes round after round of many writes, all of a round at once, until it is killed: each write sets the two halves of a pair, and the
// last write of a round the number of the round. Prints the number of each round that is durable.
const [folder, numWrites] = process.argv.slice(2) as [string, string];
const store = await LmdbStore.open(folder);
for (let round = 1; ; round += 1) {
  const value = Buffer.from(String(round));
  const writes = Array.from({ length: Number(numWrites) }, (_, index) =>
    store.write([
      { key: Buffer.from(`one ${index}`), value },
      { key: Buffer.from(`two ${index}`), value },
    ]),
  );
  writes.push(store.write([{ key: Buffer.from("round"), value }]));
  await Promise.all(writes);
  console.log(String(round));
}
