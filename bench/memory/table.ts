import { runProgram } from "../program.ts";
import type { BenchOptions, Table } from "../table.ts";

interface MemoryFigures {
  readonly first: { readonly elapsedMs: number; readonly heapMb: number };
  readonly second: { readonly elapsedMs: number; readonly heapMb: number };
  /** The largest number of items that were taken and not finished. */
  readonly maxHeld: number;
  readonly peakMb: number;
}

/** Memory that a `mountEach` takes, against the number of its items. */
export async function measureMemory({ size = 1_000_000 }: BenchOptions): Promise<Table> {
  const sizes = [size / 100, size / 10, size].filter((count) => count >= 1).map(Math.round);
  const rows: (string | number)[][] = [];
  for (const count of sizes) {
    const { first, maxHeld, peakMb, second } = await runProgram<MemoryFigures>("./memory/mount.ts", [String(count)], {
      nodeOptions: ["--expose-gc"],
    });
    rows.push([
      count.toLocaleString("en"),
      maxHeld,
      first.heapMb,
      second.heapMb,
      peakMb,
      count / first.elapsedMs,
      count / second.elapsedMs,
    ]);
  }
  return {
    title: "Mounting many components in one mountEach",
    columns: [
      "items",
      "held at once",
      "heap MB, first",
      "heap MB, unchanged",
      "peak RSS MB",
      "per ms, first",
      "per ms, unchanged",
    ],
    rows,
    notes: [
      "Heap: the largest growth seen right after a forced collection, every 250 ms. Held: items taken and not finished.",
    ],
  };
}
