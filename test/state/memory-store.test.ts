import { MemoryStore } from "../../lib/state/memory-store.ts";
import { describeStore } from "./store-conformance.ts";

describeStore("MemoryStore", async () => {
  const store = new MemoryStore();
  return { store, [Symbol.asyncDispose]: () => store.close() };
});
