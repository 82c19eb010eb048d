import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Collect = (options?: { readonly type: "minor" }) => void;

/** The collector of garbage of this process. */
export function exposeCollector(): Collect {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as Collect;
}

/** Collects the garbage: what nothing holds any more is gone afterwards. */
export async function collectGarbage(): Promise<void> {
  const collect = exposeCollector();
  // What a weak reference has given in this turn is kept to its end.
  await setImmediate();
  collect();
  await setImmediate();
  collect();
}

/** The bytes in use once the garbage is collected. */
export async function usedHeap(): Promise<number> {
  await collectGarbage();
  return process.memoryUsage().heapUsed;
}
