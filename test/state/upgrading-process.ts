import { LmdbStore } from "../../lib/state/lmdb-store.ts";
import { dump } from "./entries.ts";

// Run where files may not grow beyond some kB: opens a store, and prints how that upgraded it and how many entries it has.
await using store = await LmdbStore.open(process.argv[2]!);
console.log(JSON.stringify({ upgrade: store.upgrade, numEntries: dump(store).length }));
