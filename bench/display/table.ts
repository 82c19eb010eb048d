import { runProgram } from "../program.ts";
import { median, type BenchOptions, type Table } from "../table.ts";

/** What the program of this bench prints: milliseconds of each run, and shares from 0 to 1. */
export interface DisplayFigures {
  readonly withDisplay: readonly number[];
  readonly without: readonly number[];
  readonly shares: readonly number[];
}

/** What the display on a terminal costs a run of many small components. */
export async function measureDisplay({ repetitions, size = 20_000 }: BenchOptions): Promise<Table> {
  const args = [String(size), String(repetitions)];
  const env = { TIDEMARK_PROGRESS: "tty" };
  const { shares, withDisplay, without } = await runProgram<DisplayFigures>("./display/update.ts", args, { env });
  const percent = (value: number): string => `${(value * 100).toFixed(2)} %`;
  return {
    title: `Showing a run of ${size.toLocaleString("en")} small components on a terminal`,
    columns: ["", "without ms", "with ms", "ratio", "display's share", "largest"],
    rows: [
      [
        "ten frames a second",
        median(without),
        median(withDisplay),
        median(withDisplay.map((ms, index) => ms / without[index]!)),
        percent(median(shares)),
        percent(Math.max(...shares)),
      ],
    ],
    notes: [
      `Medians of ${repetitions} repetitions, in turn in one process, every component run each time; the share is that of the samples`,
      "of a CPU profile, within one run each, so it does not depend on how busy the machine is. It is to stay below 2 %.",
    ],
  };
}
