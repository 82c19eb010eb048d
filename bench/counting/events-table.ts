import { interleave, medianOf } from "../measure.ts";
import { runProgram } from "../program.ts";
import type { BenchOptions, Table } from "../table.ts";

/** What `events.ts` prints. */
interface EventFigures {
  readonly nsPerEvent: number;
  readonly total: number;
  readonly expected: number;
}

const VARIANTS = [
  { kind: "tidemark", readers: 0, label: "Tidemark, no host reader" },
  { kind: "tidemark", readers: 1, label: "Tidemark, 1 host reader" },
  { kind: "tidemark", readers: 3, label: "Tidemark, 3 host readers" },
  { kind: "opentelemetry", readers: 0, label: "Counter.add, no reader" },
  { kind: "opentelemetry", readers: 1, label: "Counter.add, 1 reader" },
  { kind: "opentelemetry", readers: 3, label: "Counter.add, 3 readers" },
  { kind: "prom-client", readers: 0, label: "prom-client Counter.inc" },
] as const;

/** Counting one event: a memo hit, which is two increments, beside one call of a counter for each event. */
export async function measureCounting({ repetitions, size = 2_000_000 }: BenchOptions): Promise<Table> {
  const measured = await interleave(VARIANTS, repetitions, async ({ kind, readers }) => {
    const args = [kind, String(readers), String(size)];
    const figures = await runProgram<EventFigures>("./counting/events.ts", args);
    if (figures.total !== figures.expected) {
      throw new Error(`Cannot compare: ${kind} counted ${figures.total} events, not ${figures.expected}`);
    }
    return figures;
  });
  const own = medianOf(measured.get(VARIANTS[0])!, (one) => one.nsPerEvent);
  const rows = VARIANTS.map((variant) => {
    const ns = medianOf(measured.get(variant)!, (one) => one.nsPerEvent);
    return [variant.label, ns, 1000 / ns, ns / own];
  });
  return {
    title: `Counting ${size.toLocaleString("en")} events`,
    columns: ["", "ns per event", "million events/s", "times the first"],
    rows,
    notes: [
      `Medians of ${repetitions} repetitions, in turn, each in a process of its own; three attributes. An event of Tidemark is a memo`,
      "hit: two increments, all beats that hand them on included. What every reader saw at the end is compared with what was counted.",
    ],
  };
}
