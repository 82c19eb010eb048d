import { LmdbStore } from "../../lib/state/lmdb-store.ts";

/** One line that this process prints. */
export interface FailingDiskReport {
  /** The keys of the writes that were made. */
  readonly made: readonly string[];
  readonly failures: readonly { readonly code: string; readonly message: string }[];
  /** The keys that reads found after each write. */
  readonly found: readonly (readonly string[])[];
}

// Run where some system calls on the store's data fail: writes one key after the other, and prints the outcomes after it has closed the store.
const made: string[] = [];
const failures: { code: string; message: string }[] = [];
const found: string[][] = [];
const store = await LmdbStore.open(process.argv[2]!);
for (let index = 0; index < 8; index += 1) {
  const key = `key${index}`;
  try {
    await store.write([{ key: Buffer.from(key), value: Buffer.from("1") }]);
    made.push(key);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    failures.push({ code, message });
  }
  found.push(
    Array.from(store.range(Buffer.from("a"), Buffer.from("z")), (entry) => Buffer.from(entry.key).toString("latin1")),
  );
}
await store.close();
console.log(JSON.stringify({ made, failures, found } satisfies FailingDiskReport));
