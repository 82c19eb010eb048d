import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../program.ts";
import { median, type BenchOptions, type Table } from "../table.ts";
import { createTree } from "../update/tree.ts";

interface Burst {
  readonly changeMs: number;
  readonly elapsedMs: number;
}

/** What follow.ts prints. */
export interface LiveFigures {
  readonly inPlace: readonly number[];
  readonly byRename: readonly number[];
  readonly made: Burst;
  readonly removed: Burst;
  readonly idleCpuMs: number;
  readonly peakMb: number;
}

const SAVES_EACH = 20;
const BURST = 5000;

/** The time from a saved file to its applied target, in a live run. */
export async function measureLive({ repetitions, size = 20_000 }: BenchOptions): Promise<Table> {
  const measured: LiveFigures[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const folder = mkdtempSync(join(tmpdir(), "tidemark-bench-"));
    try {
      const source = join(folder, "source");
      createTree(source, size);
      const places = [source, join(folder, "output"), join(folder, "store")];
      measured.push(await runProgram("./live/follow.ts", [...places, String(SAVES_EACH), String(BURST)]));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return createTable(size, measured);
}

function createTable(size: number, measured: readonly LiveFigures[]): Table {
  const figure = (pick: (one: LiveFigures) => number): number => median(measured.map(pick));
  const bursts = (name: "made" | "removed"): number[] => measured.map((one) => one[name].elapsedMs);
  return {
    title: `Following ${size.toLocaleString("en")} files`,
    columns: ["", "median ms", "90 % ms", "longest ms"],
    rows: [
      ["a file is saved in place", ...spread(measured.flatMap((one) => one.inPlace))],
      ["a file is saved by a rename", ...spread(measured.flatMap((one) => one.byRename))],
      [`${BURST.toLocaleString("en")} files are made at once`, ...spread(bursts("made"))],
      [`${BURST.toLocaleString("en")} files are removed at once`, ...spread(bursts("removed"))],
    ],
    notes: [
      `From the moment before a file is saved until its target has the new content; of those at once, from when the last is made or gone.`,
      `${measured.length} processes, ${SAVES_EACH} saves of each kind in each. Making ${BURST} files took ${Math.round(figure((one) => one.made.changeMs))} ms.`,
      `Idle, a process took ${figure((one) => one.idleCpuMs).toFixed(1)} ms of CPU a second; its peak was ${Math.round(figure((one) => one.peakMb))} MB.`,
    ],
  };
}

function spread(values: readonly number[]): [medianMs: number, mostMs: number, longestMs: number] {
  const sorted = values.toSorted((a, b) => a - b);
  return [median(values), sorted[Math.ceil(sorted.length * 0.9) - 1]!, sorted.at(-1)!];
}
