import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { renderPlot, type Plot } from "./plot.ts";

/** What can be asked of a table. */
export interface BenchOptions {
  readonly size: number | undefined;
  readonly repetitions: number;
  /** The folder of another checkout, whose build is compared with this one. */
  readonly against?: string | undefined;
}

/** The figures of one bench: a row for each case, a cell for each column. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly notes: readonly string[];
  /** The limit that the figures exceed, for a bench that judges them. */
  readonly fault?: string;
  readonly plot?: Plot;
}

/** What a table was measured on. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
}

/** The middle one of the values, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The table as Markdown, its columns lined up, below its title. */
export function formatTable(table: Table): string {
  return `${table.title}\n\n${formatBody(table)}`;
}

/** The table as Markdown without its title. */
export function formatBody(table: Table): string {
  const cells = [table.columns, ...table.rows].map((row) => row.map(formatCell));
  const widths = table.columns.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join(" | ")} |`;
  const [head, ...body] = cells;
  const rule = `| ${widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [line(head!), rule, ...body.map(line), "", ...table.notes].join("\n");
}

/** Writes a table as JSON, with what it was measured on, and its plot as SVG, into `folder`. */
export function writeTable(folder: string, name: string, table: Table): void {
  mkdirSync(folder, { recursive: true });
  const content = { at: new Date().toISOString(), machine: describeMachine(), ...table };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(content, null, 2)}\n`);
  if (table.plot !== undefined) writeFileSync(join(folder, `${name}.svg`), renderPlot(table.plot));
}

/** The machine that this process runs on. */
export function describeMachine(): Machine {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
  };
}

function formatCell(cell: string | number): string {
  if (typeof cell === "string") return cell;
  return cell.toLocaleString("en", { maximumFractionDigits: Math.abs(cell) < 10 ? 2 : 0 });
}
