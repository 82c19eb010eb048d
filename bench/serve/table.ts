import { runProgram } from "../program.ts";
import { median, type BenchOptions, type Table } from "../table.ts";

/** What one run took. */
export interface ServeRun {
  readonly ms: number;
  /** Of its time, from 0 to 1, that was spent for the clients. */
  readonly share: number;
}

/** What the program of this bench prints. */
export interface ServeFigures {
  readonly alone: readonly ServeRun[];
  readonly served: readonly ServeRun[];
  /** The most that the process has grown by with its clients. */
  readonly growthMb: number;
  /** The number of final snapshots that a client has had which reads: in the last run, at least and at most. */
  readonly least: number;
  readonly most: number;
}

/** The clients of the bench, and how many of them never read. */
const CLIENTS = 1000;
const IDLE = 100;

/** What it costs a run of many small components to be followed by many clients. */
export async function measureServe({ repetitions, size = 20_000 }: BenchOptions): Promise<Table> {
  const args = [size, CLIENTS, IDLE, repetitions].map(String);
  const figures = await runProgram<ServeFigures>("./serve/update.ts", args, { nodeOptions: ["--expose-gc"] });
  const { alone, growthMb, least, most, served } = figures;
  const percent = (value: number): string => `${(value * 100).toFixed(2)} %`;
  const shares = served.map(({ share }) => share);
  return {
    title: `Serving a run of ${size.toLocaleString("en")} small components to ${CLIENTS.toLocaleString("en")} clients, ${IDLE} of which never read`,
    columns: [
      "",
      "alone ms",
      "served ms",
      "ratio",
      "clients' share",
      "largest",
      "MB for the clients",
      "final snapshots",
    ],
    rows: [
      [
        "events",
        median(alone.map(({ ms }) => ms)),
        median(served.map(({ ms }) => ms)),
        median(served.map(({ ms }, index) => ms / alone[index]!.ms)),
        percent(median(shares)),
        percent(Math.max(...shares)),
        growthMb,
        least === most ? `${least} for each` : `${least} to ${most}`,
      ],
    ],
    notes: [
      `Medians of ${repetitions} runs on each side, in turn; every component is run each time. The clients are a process of their own.`,
      "The share is that of the samples of a CPU profile whose stacks are in the server's code; what the system does for its sockets,",
      "and the clients themselves, which share the machine's cores, are in the ratio only. MB is the largest growth, sockets included.",
    ],
  };
}
