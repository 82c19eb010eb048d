import type { BenchOptions, Table } from "../table.ts";
import { grow, type Grown } from "./grow.ts";

/** Components from a thousandth of `size` to `size`, in one app. */
export async function measureComponents({ repetitions, size = 1_000_000 }: BenchOptions): Promise<Table> {
  const counts = [size / 1000, size / 100, size / 10, size].map(Math.round).filter((count) => count >= 1);
  const sizes = counts.map((count) => ({ size: count, count }));
  const grown = await grow("components", sizes, repetitions);
  const reference = grown.at(-3) ?? grown[0]!;
  const table = createTable("Components in one app", "components", grown, reference, repetitions);
  return {
    ...table,
    columns: [...table.columns, "held at once"],
    rows: table.rows.map((row, index) => [...row, grown[index]!.maxHeld]),
    notes: [
      ...table.notes,
      "Held: items that the `mountEach` had taken and that were not finished, the most that was seen.",
    ],
  };
}

/** Stats groups, over the same number of components. */
export async function measureGroups({ repetitions, size = 20_000 }: BenchOptions): Promise<Table> {
  const sizes = upTo(Math.min(10_000, size)).map((groups) => ({ size: groups, count: size }));
  const grown = await grow("groups", sizes, repetitions);
  return createTable(`Stats groups, ${inWords(size)}`, "groups", grown, grown[0]!, repetitions);
}

/** Component functions, over the same number of components. */
export async function measureNames({ repetitions, size = 20_000 }: BenchOptions): Promise<Table> {
  const sizes = upTo(Math.min(10_000, size)).map((names) => ({ size: names, count: size }));
  const grown = await grow("names", sizes, repetitions);
  return createTable(`Component functions, ${inWords(size)}`, "functions", grown, grown[0]!, repetitions);
}

/** Keys of a path, over the same number of components. */
export async function measureKeys({ repetitions, size = 20_000 }: BenchOptions): Promise<Table> {
  const sizes = [1, 4, 16, 64].map((keys) => ({ size: keys, count: size }));
  const grown = await grow("keys", sizes, repetitions);
  return createTable(`Keys of a path, ${inWords(size)}`, "keys", grown, grown[0]!, repetitions);
}

/** Components above one another, over the same number of components. */
export async function measureChains({ repetitions, size = 20_000 }: BenchOptions): Promise<Table> {
  const sizes = [1, 4, 16, 64].map((links) => {
    const count = Math.max(1, Math.round(size / links));
    return { size: links, count, numComponents: count * links };
  });
  const grown = await grow("chains", sizes, repetitions);
  return createTable(`Components in chains, ${inWords(size)}`, "links of a chain", grown, grown[0]!, repetitions);
}

function upTo(max: number): number[] {
  return [1, 10, 100, 1000, 10_000].filter((size) => size <= max);
}

function inWords(size: number): string {
  return `${size.toLocaleString("en")} components`;
}

function createTable(title: string, label: string, grown: readonly Grown[], base: Grown, repetitions: number): Table {
  return {
    title,
    columns: [
      label,
      "first, µs each",
      "unchanged, µs each",
      `times that of ${base.size.toLocaleString("en")}`,
      "first, heap MB",
      "unchanged, heap MB",
      "store, bytes each",
      "peak MB",
    ],
    rows: grown.map((one) => [
      one.size.toLocaleString("en"),
      one.firstUs,
      one.unchangedUs,
      one.unchangedUs / base.unchangedUs,
      one.firstHeapMb,
      one.unchangedHeapMb,
      one.storeBytesEach,
      one.peakMb,
    ]),
    notes: [
      `Medians of ${repetitions} repetitions, the sizes in turn, each in a process of its own. Heap: how much`,
      "more is in use, after a forced collection, once all are mounted.",
    ],
    plot: {
      title: `${title}: time for each component`,
      xLabel: label,
      yLabel: "µs",
      series: [
        { label: "first run", points: grown.map((one) => [one.size, one.firstUs] as const) },
        { label: "unchanged", points: grown.map((one) => [one.size, one.unchangedUs] as const) },
      ],
    },
  };
}
