import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Collects the garbage: what nothing holds any more is gone afterwards. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
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
