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

/** The size and the time of `/metrics` at a thousandth, a tenth and all of `size` series, beside the same series by prom-client. */
export async function measureScrape({ repetitions, size = 100_000 }: BenchOptions): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-bench-"));
  try {
    const file = join(folder, "metrics");
    const rows: (string | number)[][] = [];
    for (const numSeries of new Set([size / 1000, size / 10, size].map(Math.ceil))) {
      rows.push(...(await compareSides(numSeries, repetitions, file)));
    }
    return {
      title: "GET /metrics",
      columns: ["side", "series", "kB", "ms", "ms, first", "CPU ms"],
      rows,
      notes: [
        `Medians of ${repetitions} processes with ${SCRAPES} scrapes each, over loopback, the client in the same process. ` +
          "The process metrics of tidemark are left to prom-client as gauges.",
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function compareSides(numSeries: number, repetitions: number, file: string): Promise<(string | number)[][]> {
  const own: ScrapeFigures[] = [];
  const zipped: ScrapeFigures[] = [];
  const other: ScrapeFigures[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const { gzip, plain } = await runProgram<SideFigures>("./scrape/tidemark.ts", [
      String(numSeries),
      String(SCRAPES),
      file,
    ]);
    own.push(plain);
    if (gzip !== undefined) zipped.push(gzip);
    const peer = await runProgram<SideFigures>("./scrape/prom-client.ts", [file, String(SCRAPES)]);
    if (peer.plain.series !== plain.series) {
      throw new Error(`Cannot compare: prom-client serves ${peer.plain.series} series, not ${plain.series}`);
    }
    other.push(peer.plain);
  }
  return [rowOf("tidemark", own), rowOf("tidemark, gzip", zipped), rowOf("prom-client", other)];
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
