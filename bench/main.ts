import { join } from "node:path";
import { parseArgs } from "node:util";
import { measureCocoIndex, measureLargeCocoIndex } from "./update/cocoindex-table.ts";
import { measureUpdate } from "./update/table.ts";
import { SkippedError } from "./skipped.ts";
import { formatTable, writeTable, type BenchOptions, type Table } from "./table.ts";

const TABLES: Readonly<Record<string, (options: BenchOptions) => Promise<Table>>> = {
  update: measureUpdate,
  cocoindex: measureCocoIndex,
  "cocoindex-large": measureLargeCocoIndex,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: "string" },
    repetitions: { type: "string" },
    out: { type: "string", default: "output/bench" },
    "write-docs": { type: "boolean", default: false },
  },
});

const unknown = positionals.filter((name) => !Object.hasOwn(TABLES, name));
if (unknown.length > 0) fail(`There is no table "${unknown[0]}": choose from ${Object.keys(TABLES).join(", ")}`);

const options = { size: readCount("size", values.size), repetitions: readCount("repetitions", values.repetitions) ?? 5 };
for (const name of positionals.length > 0 ? positionals : Object.keys(TABLES)) {
  try {
    const table = await TABLES[name]!(options);
    console.log(`\n${formatTable(table)}`);
    writeTable(values.out, name, table);
  } catch (error) {
    if (!(error instanceof SkippedError)) throw error;
    console.error(`\nSkipped ${name}. ${error.message}`);
  }
}

function readCount(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) fail(`--${option} must be a whole number above 0, got "${text}"`);
  return count;
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
