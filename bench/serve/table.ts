import { runProgram } from "../program.ts";
import { median, type BenchOptions, type Table } from "../table.ts";
import { canPin } from "./pin.ts";

/** What one run took. */
export interface ServeRun {
  readonly ms: number;
  /** Processor time of the main thread, with what the system did for it. */
  readonly cpuMs: number;
}

/** What the program of this bench prints. */
export interface ServeFigures {
  readonly alone: readonly ServeRun[];
  readonly served: readonly ServeRun[];
  /** The share of the server's code in the middle one of three runs of each side, from 0 to 1, by CPU profiles. */
  readonly shareAlone: number;
  readonly shareServed: number;
  /** The most that the process has grown by with its clients. */
  readonly growthMb: number;
  /** The number of final snapshots that a client has had which reads: in the last run, at least and at most. */
  readonly least: number;
  readonly most: number;
}

/** The clients of the bench, and how many of them never read. */
const CLIENTS = 1000;
const IDLE = 100;
/** Fewer runs on each side say little about a few percent. */
const LEAST_PAIRS = 10;

/** What it costs a run of many small components to be followed by many clients. */
export async function measureServe({ repetitions, size = 100_000 }: BenchOptions): Promise<Table> {
  const numPairs = Math.max(LEAST_PAIRS, repetitions);
  const args = [size, CLIENTS, IDLE, numPairs].map(String);
  const figures = await runProgram<ServeFigures>("./serve/update.ts", args, { nodeOptions: ["--expose-gc"] });
  const { growthMb, least, most, shareServed } = figures;
  return {
    title: `Serving a run of ${size.toLocaleString("en")} small components to ${CLIENTS.toLocaleString("en")} clients, ${IDLE} of which never read`,
    columns: ["", "alone ms", "served ms", "ratio", "half of the ratios"],
    rows: [
      compare("processor time of the run's thread", "cpuMs", figures),
      compare("time on the clock", "ms", figures),
    ],
    notes: [
      `Medians of ${numPairs} pairs of runs, alone and served in turn, each first every other time; every component is run each time. The ratio is the`,
      "median of those within a pair, and is to stay below 1.05. Alone, as many clients are connected, to something else. The clients are a process of",
      `their own, ${canPin ? "on another core than the run" : "which shares the cores with the run"}. The server's code has ${(shareServed * 100).toFixed(1)} % of the samples of a CPU profile; the process grows`,
      `by ${Math.round(growthMb)} MB at most, sockets included. Final snapshots that each reading client has had: ${least === most ? least : `${least} to ${most}`}.`,
    ],
  };
}

function compare(name: string, key: keyof ServeRun, { alone, served }: ServeFigures): Table["rows"][number] {
  const ratios = served.map((run, index) => run[key] / alone[index]![key]).toSorted((a, b) => a - b);
  const quarter = Math.floor(ratios.length / 4);
  const middle = [ratios[quarter]!, ratios.at(-1 - quarter)!].map((ratio) => ratio.toFixed(2)).join(" to ");
  return [
    name,
    median(alone.map((run) => run[key])),
    median(served.map((run) => run[key])),
    median(ratios).toFixed(3),
    middle,
  ];
}
