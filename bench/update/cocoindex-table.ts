import { medianOf } from "../measure.ts";
import type { BenchOptions, Table } from "../table.ts";
import { prepareCocoIndex } from "./cocoindex.ts";
import { CASES, compareUpdates, type UpdateFigures } from "./compare.ts";
import type { Target } from "./outputs.ts";
import { TIDEMARK } from "./sides.ts";

/** The same pipeline in CocoIndex, into files and into rows. */
export async function measureCocoIndex({ repetitions, size = 20_000 }: BenchOptions): Promise<Table> {
  return compare(["files", "rows"], size, repetitions);
}

/** The same pipeline in CocoIndex on a large tree, into files, once. */
export async function measureLargeCocoIndex({ size = 100_000 }: BenchOptions): Promise<Table> {
  return compare(["files"], size, 1);
}

async function compare(targets: readonly Target[], size: number, repetitions: number): Promise<Table> {
  const { side, version } = await prepareCocoIndex();
  const rows: (string | number)[][] = [];
  for (const target of targets) {
    const comparison = await compareUpdates([TIDEMARK, side], target, size, repetitions);
    for (const kase of CASES) {
      const [own = [], peer = []] = [comparison.get(kase)!.get(TIDEMARK), comparison.get(kase)!.get(side)];
      const inTwo = (pick: (figures: UpdateFigures) => number): number[] => {
        const [ownFigure, peerFigure] = [medianOf(own, pick), medianOf(peer, pick)];
        return [ownFigure, peerFigure, peerFigure / ownFigure];
      };
      rows.push([
        `${kase}, ${target}`,
        ...inTwo((one) => one.elapsedMs),
        ...inTwo((one) => one.cpuMs),
        ...inTwo((one) => one.peakMb),
      ]);
    }
  }
  return {
    title: `Updating ${size.toLocaleString("en")} files, beside CocoIndex ${version}`,
    columns: ["", ...["ms", "CPU ms", "peak MB"].flatMap((unit) => [`Tidemark ${unit}`, `CocoIndex ${unit}`, "ratio"])],
    rows,
    notes: [
      `Medians of ${repetitions} repetition(s), the two sides in turn, each run in a process of its own; CPU includes its start. A`,
      "ratio above 1 means that CocoIndex took that many times as much. Both made the same files and rows: that is checked.",
    ],
  };
}
