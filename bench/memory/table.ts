import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../program.ts";
import type { BenchOptions, Table } from "../table.ts";
import type { MemorySample } from "./sample.ts";

/**
 * V8 doubles its young generation now and then, by 26 MB and more, up to a limit that depends on the machine. It has one size here, so that only
 * the growth of the program shows.
 */
const NODE_OPTIONS: readonly string[] = ["--expose-gc", "--min-semi-space-size=8", "--max-semi-space-size=8"];

/** The share of the samples that are taken before the memory is expected to be flat. */
const WARM_UP = 1 / 4;

/** The most that the memory may have grown since then. */
const TOLERANCE = 0.05;

const UPDATES = 2000;
const CHANGES_PER_UPDATE = 12;

/** The memory of a process that makes updates, and of one that follows live changes: both must stay flat. */
export async function measureMemory({ size = UPDATES }: BenchOptions): Promise<Table> {
  const runs = [
    await measure("updates", "./memory/updates.ts", size),
    await measure("live changes", "./memory/changes.ts", size * CHANGES_PER_UPDATE),
  ];
  const isFlat = runs.every(({ growth }) => growth.every((share) => share <= TOLERANCE));
  return {
    title: "Memory over time",
    columns: ["after", "heap MB", "rss MB"],
    rows: runs.flatMap(({ rows }) => rows),
    notes: [
      "The heap in use after garbage collection, and the memory of the process. Growth: from the second quarter, after the warm-up, to the last.",
      ...runs.map(({ note }) => note),
    ],
    ...(!isFlat && { fault: `The memory has grown by more than ${TOLERANCE * 100} %` }),
  };
}

interface Measured {
  readonly rows: Table["rows"];
  readonly note: string;
  readonly growth: readonly number[];
}

async function measure(what: string, program: string, count: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-bench-"));
  try {
    const args = [folder, String(count)];
    const samples = await runProgram<MemorySample[]>(program, args, { nodeOptions: NODE_OPTIONS });
    const heap = growthOf(samples.map(({ heapMb }) => heapMb));
    const rss = growthOf(samples.map(({ rssMb }) => rssMb));
    return {
      rows: samples.map(({ heapMb, rssMb, step }) => [
        `${step.toLocaleString("en")} ${what}`,
        heapMb.toFixed(1),
        rssMb.toFixed(1),
      ]),
      note: `${count.toLocaleString("en")} ${what}: heap ${formatShare(heap)}, rss ${formatShare(rss)}.`,
      growth: [heap, rss],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The growth from the second quarter of the values, after the warm-up, to the last one. */
export function growthOf(values: readonly number[]): number {
  const quarter = Math.max(1, Math.floor(values.length * WARM_UP));
  const before = values.slice(quarter, 2 * quarter);
  return mean(values.slice(-quarter)) / mean(before) - 1;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function formatShare(share: number): string {
  return `${share < 0 ? "−" : "+"}${(Math.abs(share) * 100).toFixed(1)} %`;
}
