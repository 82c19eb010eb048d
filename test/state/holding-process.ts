import { LmdbStore } from "../../lib/state/lmdb-store.ts";

// Opens the store in the folder it is given, says so, and holds it until it is killed; else it prints the error's code.
try {
  await using store = await LmdbStore.open(process.argv[2]!);
  console.log(`open ${process.pid}`);
  const { promise } = Promise.withResolvers<never>();
  setInterval(() => store.path, 60_000);
  await promise;
} catch (error) {
  console.log(JSON.stringify({ code: (error as { code?: string }).code, message: String(error) }));
}
