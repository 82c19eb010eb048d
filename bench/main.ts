import { parseArgs } from "node:util";
import { measureBuilds } from "./builds/table.ts";
import { measureCounting } from "./counting/events-table.ts";
import { measureCountedRuns } from "./counting/runs-table.ts";
import { measureChains, measureComponents, measureGroups, measureKeys, measureNames } from "./growth/tables.ts";
import { writePerformancePage } from "./performance-page.ts";
import { SkippedError } from "./skipped.ts";
import { measureMemory } from "./memory/table.ts";
import { measureSnapshot } from "./snapshot/table.ts";
import { measureInstallSize } from "./start-up/install-size.ts";
import { measureStartUp } from "./start-up/table.ts";
import { formatTable, writeTable, type BenchOptions, type Table } from "./table.ts";
import { measureCocoIndex, measureLargeCocoIndex } from "./update/cocoindex-table.ts";
import { measureDisplay } from "./display/table.ts";
import { measureLive } from "./live/table.ts";
import { measureScrape } from "./scrape/table.ts";
import { measureServe } from "./serve/table.ts";
import { measureUpdate } from "./update/table.ts";
import { measureWatch } from "./watch/table.ts";

// Usage: npm run bench -- [TABLE...] [--size N] [--repetitions N] [--against DIR] [--out DIR] [--write-docs]
const TABLES: Readonly<Record<string, (options: BenchOptions) => Promise<Table>>> = {
  update: measureUpdate,
  cocoindex: measureCocoIndex,
  "cocoindex-large": measureLargeCocoIndex,
  counting: measureCounting,
  "counted-runs": measureCountedRuns,
  watch: measureWatch,
  components: measureComponents,
  groups: measureGroups,
  names: measureNames,
  keys: measureKeys,
  chains: measureChains,
  "start-up": measureStartUp,
  "install-size": measureInstallSize,
  snapshot: measureSnapshot,
  scrape: measureScrape,
  display: measureDisplay,
  serve: measureServe,
  live: measureLive,
  memory: measureMemory,
  builds: measureBuilds,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: "string" },
    repetitions: { type: "string" },
    against: { type: "string" },
    out: { type: "string", default: "output/bench" },
    "write-docs": { type: "boolean", default: false },
  },
});

const unknown = positionals.filter((name) => !Object.hasOwn(TABLES, name));
if (unknown.length > 0) fail(`There is no table "${unknown[0]}": choose from ${Object.keys(TABLES).join(", ")}`);

const tables = new Map<string, Table>();
const options = {
  size: readCount("size", values.size),
  repetitions: readCount("repetitions", values.repetitions) ?? 5,
  against: values.against,
};
for (const name of positionals.length > 0 ? positionals : Object.keys(TABLES)) {
  try {
    const table = await TABLES[name]!(options);
    console.log(`\n${formatTable(table)}`);
    writeTable(values.out, name, table);
    if (table.fault !== undefined) {
      console.error(`\n${table.fault}`);
      process.exitCode = 1;
    }
    // The page shows this build alone.
    if (name !== "builds") tables.set(name, table);
  } catch (error) {
    if (!(error instanceof SkippedError)) throw error;
    console.error(`\nSkipped ${name}. ${error.message}`);
  }
}

if (values["write-docs"]) await writePerformancePage(tables);

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
