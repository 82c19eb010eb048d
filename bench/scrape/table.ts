import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../program.ts";
import { median, type BenchOptions, type Table } from "../table.ts";
import type { ScrapeFigures } from "./measure.ts";

/** Scrapes of one process: the first is counted apart, because it has the code compiled. */
const SCRAPES = 20;

interface SideFigures {
  readonly plain: ScrapeFigures;
  readonly gzip?: ScrapeFigures;
}

/** The size and the time of `/metrics`, beside the same series by prom-client. */
export async function measureScrape({ repetitions, size = 10_000 }: BenchOptions): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-bench-"));
  try {
    const file = join(folder, "metrics");
    const own: SideFigures[] = [];
    const other: SideFigures[] = [];
    for (let repetition = 0; repetition < repetitions; repetition++) {
      own.push(await runProgram("./scrape/tidemark.ts", [String(size), String(SCRAPES), file]));
      other.push(await runProgram("./scrape/prom-client.ts", [file, String(SCRAPES)]));
    }
    return {
      title: `GET /metrics of ${size.toLocaleString("en")} series`,
      columns: ["side", "series", "kB", "ms", "ms, first", "CPU ms"],
      rows: [
        rowOf(
          "tidemark",
          own.map(({ plain }) => plain),
        ),
        rowOf(
          "tidemark, gzip",
          own.map(({ gzip }) => gzip!),
        ),
        rowOf(
          "prom-client",
          other.map(({ plain }) => plain),
        ),
      ],
      notes: [
        `Medians of ${repetitions} processes with ${SCRAPES} scrapes each, over loopback, the client in the same process. ` +
          "The process metrics of tidemark are left to prom-client as gauges.",
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function rowOf(side: string, figures: readonly ScrapeFigures[]): (string | number)[] {
  const middle = (pick: (of: ScrapeFigures) => number): number => median(figures.map(pick));
  return [
    side,
    middle(({ series }) => series).toLocaleString("en"),
    middle(({ bytes }) => bytes) / 1000,
    middle(({ medianMs }) => medianMs),
    middle(({ firstMs }) => firstMs),
    middle(({ cpuMs }) => cpuMs),
  ];
}
