import { LmdbStore } from "../../lib/state/lmdb-store.ts";

// Run where files may not grow beyond some MB: writes small and huge values at once, and prints which writes were made.
await using store = await LmdbStore.open(process.argv[2]!);
const outcomes = await Promise.allSettled(
  Array.from({ length: 20 }, (_, index) => {
    const value = new Uint8Array(index % 5 === 4 ? 64 * 1024 * 1024 : 10).fill(1);
    return store.write([
      { key: Buffer.from(`before${index}`), value: Buffer.from("1") },
      // So many that they are handed over in several turns of the event loop.
      ...Array.from({ length: 100 }, (__, more) => ({
        key: Buffer.from(`more${index}/${more}`),
        value: Buffer.from("1"),
      })),
      { key: Buffer.from(`key${index}`), value },
    ]);
  }),
);
await store.write([{ key: Buffer.from("later"), value: Buffer.from("1") }]);
const all = Array.from(store.range(Buffer.from("a"), Buffer.from("z")), ({ key }) => Buffer.from(key).toString());
const keys = all.filter((key) => !key.startsWith("more"));
console.log(
  JSON.stringify({
    statuses: outcomes.map(({ status }) => status),
    codes: outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : [])),
    keys,
    numMore: all.length - keys.length,
  }),
);
