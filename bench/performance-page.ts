import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { renderPlot } from "./plot.ts";
import { describeMachine, formatBody, type Machine, type Table } from "./table.ts";

const PAGE: string = fileURLToPath(new URL("../docs/performance.md", import.meta.url));
const PLOTS = "performance";

/** Puts tables, and the machine they were measured on, into docs/performance.md; plots go into files beside it. */
export async function writePerformancePage(tables: ReadonlyMap<string, Table>): Promise<void> {
  const old = readFileSync(PAGE, "utf8");
  const machine = describeMachine();
  let page = fillSlot(old, "machine", describe(machine));
  for (const [name, table] of tables) page = fillSlot(page, name, render(name, table));
  const plots = fileURLToPath(new URL(`../docs/${PLOTS}/`, import.meta.url));
  mkdirSync(plots, { recursive: true });
  for (const [name, { plot }] of tables) {
    if (plot !== undefined) writeFileSync(`${plots}${name}.svg`, renderPlot(plot));
  }
  writeFileSync(PAGE, await format(page, { ...(await resolveConfig(PAGE)), filepath: PAGE }));
}

/**
 * Replaces what stands between the comments `<!-- bench:name -->` and `<!-- /bench:name -->`.
 *
 * @throws Error when the page has no such place
 */
export function fillSlot(page: string, name: string, content: string): string {
  const [start, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const from = page.indexOf(start);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`Cannot write ${name} into docs/performance.md: there is no place for it`);
  return `${page.slice(0, from + start.length)}\n\n${content}\n\n${page.slice(to)}`;
}

function render(name: string, table: Table): string {
  const plot = table.plot === undefined ? "" : `\n\n![${table.plot.title}](${PLOTS}/${name}.svg)`;
  return `**${table.title}**\n\n${formatBody(table)}${plot}`;
}

function describe({ cores, cpu, memoryGb, node, platform }: Machine): string {
  const day = new Date().toISOString().slice(0, 10);
  return `Measured on ${day} with Node ${node} on ${platform}: ${cpu}, ${cores} cores, ${memoryGb} GB of memory.`;
}
