import { writeFileSync } from "node:fs";
import { cpus } from "node:os";

/** What can be asked of a table. */
export interface BenchOptions {
  readonly size: number | undefined;
  readonly repetitions: number;
}

/** The figures of one bench: a row for each case, a cell for each column. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly notes: readonly string[];
}

/** The middle one of the values, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The table as Markdown, its columns lined up. */
export function formatTable(table: Table): string {
  const cells = [table.columns, ...table.rows].map((row) => row.map(formatCell));
  const widths = table.columns.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join(" | ")} |`;
  const [head, ...body] = cells;
  const rule = `| ${widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [`${table.title}\n`, line(head!), rule, ...body.map(line), "", ...table.notes].join("\n");
}

/** Writes tables to a file, with what they were measured on. */
export function writeJson(path: string, tables: readonly Table[]): void {
  const machine = { node: process.version, platform: process.platform, cpu: cpus()[0]?.model, cores: cpus().length };
  writeFileSync(path, `${JSON.stringify({ at: new Date().toISOString(), machine, tables }, null, 2)}\n`);
}

function formatCell(cell: string | number): string {
  if (typeof cell === "string") return cell;
  return cell.toLocaleString("en", { maximumFractionDigits: cell < 10 ? 2 : 0 });
}
