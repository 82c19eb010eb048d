import { LmdbStore } from "../../lib/state/lmdb-store.ts";

// Writes counters under `rounds` concurrent keys for ever, and prints each that has been made durable: `key value`.
const store = await LmdbStore.open(process.argv[2]!);
const value = (number: number) => Buffer.concat([Buffer.from(`${number}:`), Buffer.alloc(number % 3000)]);

async function count(name: string): Promise<never> {
  for (let number = 1; ; number += 1) {
    await store.write([
      { key: Buffer.from(`${name}/one`), value: value(number) },
      { key: Buffer.from(`${name}/two`), value: value(number) },
    ]);
    process.stdout.write(`${name} ${number}\n`);
  }
}

await Promise.all(Array.from({ length: 50 }, (_, index) => count(`counter${index}`)));
