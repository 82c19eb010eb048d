import { interleave } from "../measure.ts";
import { runProgram } from "../program.ts";
import { median, type BenchOptions, type Table } from "../table.ts";

/** What `run.ts` prints. */
interface RunFigures {
  readonly updates: readonly { readonly elapsedMs: number; readonly cpuMs: number }[];
  readonly numUnchanged: number;
  readonly numExported: readonly number[];
}

/** The second is the first once more: what differs between these two is noise. */
const VARIANTS = [
  { mode: "uncounted", readers: 0, label: "without counting" },
  { mode: "uncounted", readers: 0, label: "without counting, again" },
  { mode: "counted", readers: 0, label: "counting, no host reader" },
  { mode: "counted", readers: 1, label: "counting, 1 host reader" },
  { mode: "counted", readers: 3, label: "counting, 3 host readers" },
] as const;

const UPDATES = 9;

/** A whole run with and without counting, and with readers of a host. */
export async function measureCountedRuns({ repetitions, size = 20_000 }: BenchOptions): Promise<Table> {
  const measured = await interleave(VARIANTS, repetitions, async ({ mode, readers }) => {
    const args = [mode, String(readers), String(size), String(UPDATES)];
    const { numExported, numUnchanged, updates } = await runProgram<RunFigures>("./counting/run.ts", args);
    const expected = mode === "counted" ? size * UPDATES : 0;
    if ([numUnchanged, ...numExported].some((number) => number !== expected)) {
      throw new Error(`Cannot compare: ${numUnchanged} counted, ${numExported.join(", ")} exported, not ${expected}`);
    }
    return updates;
  });
  const figureOf = (variant: (typeof VARIANTS)[number], key: "elapsedMs" | "cpuMs"): number =>
    median(measured.get(variant)!.flatMap((updates) => updates.map((update) => update[key])));
  const [first] = VARIANTS;
  const rows = VARIANTS.map((variant) => {
    const [elapsedMs, cpuMs] = [figureOf(variant, "elapsedMs"), figureOf(variant, "cpuMs")];
    return [
      variant.label,
      elapsedMs,
      formatDifference(elapsedMs / figureOf(first, "elapsedMs")),
      cpuMs,
      formatDifference(cpuMs / figureOf(first, "cpuMs")),
    ];
  });
  return {
    title: `An unchanged run of ${size.toLocaleString("en")} memoized components, with and without counting`,
    columns: ["", "ms", "difference", "CPU ms", "difference"],
    rows,
    notes: [
      `Medians of ${repetitions} × ${UPDATES} updates, in turn. The first two rows do the same: what differs between them is noise. A host`,
      "reader exports every second; in the end it has exactly what was counted.",
    ],
  };
}

function formatDifference(ratio: number): string {
  return ratio === 1 ? "" : `${ratio < 1 ? "−" : "+"}${Math.abs((ratio - 1) * 100).toFixed(1)} %`;
}
