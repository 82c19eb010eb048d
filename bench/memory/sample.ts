import { setImmediate } from "node:timers/promises";

/** The memory of a process after so many steps. */
export interface MemorySample {
  readonly step: number;
  /** Of the JavaScript heap, after garbage collection. */
  readonly heapMb: number;
  /** Of the whole process, mapped pages of the store included. */
  readonly rssMb: number;
}

/** Measures the memory of this process, which needs `--expose-gc`. */
export async function sampleMemory(step: number): Promise<MemorySample> {
  // Finalizers run in a later turn, so the next round collects the objects that they release.
  for (let round = 0; round < 3; round++) {
    await setImmediate();
    gc!();
  }
  const { heapUsed, rss } = process.memoryUsage();
  return { step, heapMb: heapUsed / 2 ** 20, rssMb: rss / 2 ** 20 };
}

/** Runs `step` for the numbers below `numSteps` and samples the memory after each `numSteps / 8`. */
export async function sampleSteps(
  numSteps: number,
  step: (index: number) => Promise<void>,
): Promise<readonly MemorySample[]> {
  const interval = Math.max(1, Math.floor(numSteps / 8));
  const samples: MemorySample[] = [];
  for (let index = 0; index < numSteps; index++) {
    await step(index);
    if ((index + 1) % interval === 0) samples.push(await sampleMemory(index + 1));
  }
  return samples;
}
