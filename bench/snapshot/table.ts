import { interleave, medianOf } from "../measure.ts";
import { runProgram } from "../program.ts";
import { median, type BenchOptions, type Table } from "../table.ts";

/** What `run.ts` prints. */
interface SnapshotFigures {
  readonly changedUs: readonly number[];
  readonly sameUs: readonly number[];
  readonly jsonUs: number;
  readonly jsonBytes: number;
  readonly numComponents: number;
  readonly numAdds: number;
}

/** The counters of a component function: each is a series. */
const SERIES_EACH = 6;
const CALLS = 50;

/** `stats()` at a thousandth, a tenth and all of `size` series. */
export async function measureSnapshot({ repetitions, size = 100_000 }: BenchOptions): Promise<Table> {
  const sizes = [...new Set([size / 1000, size / 10, size].map((series) => Math.ceil(series / SERIES_EACH)))];
  const measured = await interleave(sizes, repetitions, async (numNames) => {
    const figures = await runProgram<SnapshotFigures>("./snapshot/run.ts", [String(numNames), String(CALLS)]);
    // Beside those, `main` and the one that counts between two calls.
    if (figures.numComponents !== numNames + 2 || figures.numAdds !== numNames + CALLS + 1) {
      throw new Error(`Cannot measure: ${figures.numAdds} adds of ${figures.numComponents} functions were counted`);
    }
    return figures;
  });
  const rows = sizes.map((numNames) => {
    const figures = measured.get(numNames)!;
    return [
      ((numNames + 2) * SERIES_EACH).toLocaleString("en"),
      (numNames + 2).toLocaleString("en"),
      median(figures.flatMap((one) => one.changedUs)),
      median(figures.flatMap((one) => one.sameUs)),
      medianOf(figures, (one) => one.jsonUs),
      medianOf(figures, (one) => one.jsonBytes) / 1024,
    ];
  });
  return {
    title: "A snapshot of many series",
    columns: [
      "series",
      "functions",
      "stats() after a change, µs",
      "stats() again, µs",
      "JSON.stringify, µs",
      "JSON, kB",
    ],
    rows,
    notes: [
      `Medians of ${repetitions} × ${CALLS} calls; a series is one of the ${SERIES_EACH} counters of a function. That every function was counted is`,
      "checked.",
    ],
  };
}
