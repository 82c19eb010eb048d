import { interleave, medianOf } from "../measure.ts";
import { median } from "../table.ts";
import { runProgram } from "../program.ts";
import type { Shape } from "./shapes.ts";

/** What `run.ts` prints. */
export interface GrowthFigures {
  readonly first: { readonly elapsedMs: number; readonly heapBytes: number };
  readonly unchanged: { readonly elapsedMs: readonly number[]; readonly heapBytes: number };
  readonly storeBytes: number;
  readonly peakMb: number;
  readonly maxHeld: number;
  readonly numUnchanged: number;
}

/** A shape at one size. */
export interface Size {
  readonly size: number;
  /** The number of leaves. */
  readonly count: number;
  /** The number of all components, `main` apart, where that is more. */
  readonly numComponents?: number;
}

/** The medians of one size. */
export interface Grown {
  readonly size: number;
  /** Microseconds for each component. */
  readonly firstUs: number;
  readonly unchangedUs: number;
  /** How much the heap has grown when all leaves are mounted. */
  readonly firstHeapMb: number;
  readonly unchangedHeapMb: number;
  readonly storeBytesEach: number;
  readonly peakMb: number;
  /** The largest number of items that one `mountEach` had taken and not finished. */
  readonly maxHeld: number;
}

/**
 * Updates a shape at each of these sizes.
 *
 * @throws Error when an update did not find every leaf unchanged
 */
export async function grow(shape: Shape, sizes: readonly Size[], repetitions: number): Promise<Grown[]> {
  const measured = await interleave(sizes, repetitions, async ({ count, numComponents = count, size }) => {
    // Small sizes are over soon: more updates make their median better.
    const numUpdates = Math.max(1, Math.min(9, Math.round(100_000 / numComponents)));
    const args = [shape, ...[count, size, numUpdates].map(String)];
    const figures = await runProgram<GrowthFigures>("./growth/run.ts", args, { nodeOptions: ["--expose-gc"] });
    if (figures.numUnchanged !== count) {
      throw new Error(`Cannot compare: ${figures.numUnchanged} of ${count} leaves were unchanged`);
    }
    return figures;
  });
  return sizes.map((entry) => {
    const figures = measured.get(entry)!;
    const { count, numComponents = count, size } = entry;
    return {
      size,
      firstUs: (medianOf(figures, (one) => one.first.elapsedMs) * 1000) / numComponents,
      unchangedUs: (median(figures.flatMap((one) => one.unchanged.elapsedMs)) * 1000) / numComponents,
      firstHeapMb: medianOf(figures, (one) => one.first.heapBytes) / 2 ** 20,
      unchangedHeapMb: medianOf(figures, (one) => one.unchanged.heapBytes) / 2 ** 20,
      storeBytesEach: medianOf(figures, (one) => one.storeBytes) / numComponents,
      peakMb: medianOf(figures, (one) => one.peakMb),
      maxHeld: Math.max(...figures.map((one) => one.maxHeld)),
    };
  });
}
