import { parseArgs } from "node:util";
import { measureLive } from "./live/table.ts";
import { measureDisplay } from "./display/table.ts";
import { measureMemory } from "./memory/table.ts";
import { measureScrape } from "./scrape/table.ts";
import { measureUpdate } from "./update/table.ts";
import { formatTable, writeJson, type BenchOptions, type Table } from "./table.ts";

const TABLES: Readonly<Record<string, (options: BenchOptions) => Promise<Table>>> = {
  update: measureUpdate,
  memory: measureMemory,
  live: measureLive,
  scrape: measureScrape,
  display: measureDisplay,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: "string" },
    repetitions: { type: "string", default: "5" },
    json: { type: "string" },
  },
});

const unknown = positionals.filter((name) => !Object.hasOwn(TABLES, name));
if (unknown.length > 0) {
  console.error(`There is no table "${unknown[0]}": choose from ${Object.keys(TABLES).join(", ")}`);
  process.exit(2);
}

const options = {
  size: values.size === undefined ? undefined : Number(values.size),
  repetitions: Number(values.repetitions),
};
const tables: Table[] = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(TABLES)) {
  const table = await TABLES[name]!(options);
  tables.push(table);
  console.log(`\n${formatTable(table)}`);
}
if (values.json !== undefined) writeJson(values.json, tables);
