import { medianOf } from "../measure.ts";
import type { BenchOptions, Table } from "../table.ts";
import { CASES, compareUpdates } from "./compare.ts";
import { BARE, TIDEMARK } from "./sides.ts";

/** A whole update beside the unavoidable I/O of the same work, as a ratio. */
export async function measureUpdate({ repetitions, size = 20_000 }: BenchOptions): Promise<Table> {
  const comparison = await compareUpdates([TIDEMARK, BARE], "files", size, repetitions);
  const rows = CASES.map((kase) => {
    const own = comparison.get(kase)!.get(TIDEMARK)!;
    const bare = comparison.get(kase)!.get(BARE)!;
    const [ownMs, bareMs] = [medianOf(own, (one) => one.elapsedMs), medianOf(bare, (one) => one.elapsedMs)];
    return [
      kase,
      ownMs,
      (size / ownMs) * 1000,
      medianOf(own, (one) => one.cpuMs),
      medianOf(own, (one) => one.peakMb),
      bareMs,
      medianOf(bare, (one) => one.cpuMs),
      medianOf(bare, (one) => one.peakMb),
      ownMs / bareMs,
    ];
  });
  return {
    title: `Updating ${size.toLocaleString("en")} files, beside a bare script`,
    columns: [
      "",
      "Tidemark ms",
      "files/s",
      "CPU ms",
      "peak MB",
      "bare script ms",
      "CPU ms",
      "peak MB",
      "times the bare script",
    ],
    rows,
    notes: [
      `Medians of ${repetitions} repetitions, the two sides in turn, each run in a process of its own; CPU includes its start.`,
      "The bare script walks, stats and asks its store; it survives no crash, counts nothing and knows nothing of its own code.",
    ],
  };
}
