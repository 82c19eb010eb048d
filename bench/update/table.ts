import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../program.ts";
import { median, type BenchOptions, type Table } from "../table.ts";
import { changeTree, createTree } from "./tree.ts";

/** What a program of this bench prints. */
export interface UpdateFigures {
  readonly elapsedMs: number;
  readonly cpuMs: number;
  readonly peakMb: number;
}

const CASES = ["first run", "unchanged", "1 % changed"] as const;
const SIDES = ["tidemark", "bare"] as const;

type Side = (typeof SIDES)[number];
type Measured = Readonly<Record<(typeof CASES)[number], Record<Side, UpdateFigures[]>>>;

/** Components per second of a whole update, beside the same work by a bare script, as a ratio. */
export async function measureUpdate({ repetitions, size = 20_000 }: BenchOptions): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-bench-"));
  try {
    createTree(join(folder, "source"), size);
    const measured: Measured = {
      "first run": { tidemark: [], bare: [] },
      unchanged: { tidemark: [], bare: [] },
      "1 % changed": { tidemark: [], bare: [] },
    };
    for (let repetition = 0; repetition < repetitions; repetition++) await repeat(folder, size, repetition, measured);
    return createTable(size, repetitions, measured);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One repetition: both sides in turn do each case, beginning with nothing. */
async function repeat(folder: string, size: number, repetition: number, measured: Measured): Promise<void> {
  for (const kase of CASES) {
    if (kase === "1 % changed") changeTree(join(folder, "source"), size, repetition + 1);
    for (const side of SIDES) {
      const work = join(folder, side);
      if (kase === "first run") rmSync(work, { recursive: true, force: true });
      const args = [join(folder, "source"), join(work, "output"), join(work, "store")];
      measured[kase][side].push(await runProgram<UpdateFigures>(`./update/${side}.ts`, args));
    }
  }
}

function createTable(size: number, repetitions: number, measured: Measured): Table {
  const rows = CASES.map((kase) => {
    const figure = (side: Side, key: keyof UpdateFigures): number =>
      median(measured[kase][side].map((one) => one[key]));
    const [own, bare] = [figure("tidemark", "elapsedMs"), figure("bare", "elapsedMs")];
    return [
      kase,
      own,
      (size / own) * 1000,
      figure("tidemark", "cpuMs"),
      figure("tidemark", "peakMb"),
      bare,
      (size / bare) * 1000,
      own / bare,
    ];
  });
  return {
    title: `Updating ${size.toLocaleString("en")} files`,
    columns: ["", "Tidemark ms", "files/s", "CPU ms", "peak MB", "bare script ms", "files/s", "ratio"],
    rows,
    notes: [
      `Medians of ${repetitions} repetitions, the two sides in turn, each run in a process of its own; CPU includes its start.`,
      "The bare script walks, stats and asks its store; it notices no deletion, survives no crash and counts nothing.",
    ],
  };
}
