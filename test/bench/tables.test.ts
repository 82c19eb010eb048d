import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { measureBuilds } from "../../bench/builds/table.ts";
import { measureCounting } from "../../bench/counting/events-table.ts";
import { measureCountedRuns } from "../../bench/counting/runs-table.ts";
import { measureDisplay } from "../../bench/display/table.ts";
import {
  measureChains,
  measureComponents,
  measureGroups,
  measureKeys,
  measureNames,
} from "../../bench/growth/tables.ts";
import { SkippedError } from "../../bench/skipped.ts";
import { measureScrape } from "../../bench/scrape/table.ts";
import { measureMemory } from "../../bench/memory/table.ts";
import { measureSnapshot } from "../../bench/snapshot/table.ts";
import { measureInstallSize } from "../../bench/start-up/install-size.ts";
import { measureStartUp } from "../../bench/start-up/table.ts";
import type { BenchOptions, Table } from "../../bench/table.ts";
import { measureUpdate } from "../../bench/update/table.ts";
import { measureWatch } from "../../bench/watch/table.ts";

/** A bench, the size at which it is tried here, and the first cell of each of its rows then. */
type Try = readonly [(options: BenchOptions) => Promise<Table>, size: number, rows: readonly string[]];

const TRIES: Readonly<Record<string, Try>> = {
  update: [measureUpdate, 200, ["first run", "unchanged", "1 % changed", "all deleted"]],
  counting: [
    measureCounting,
    20_000,
    [
      "Tidemark, no host reader",
      "Tidemark, 1 host reader",
      "Tidemark, 3 host readers",
      "Counter.add, no reader",
      "Counter.add, 1 reader",
      "Counter.add, 3 readers",
      "prom-client Counter.inc",
    ],
  ],
  "counted-runs": [
    measureCountedRuns,
    100,
    [
      "without counting",
      "without counting, again",
      "counting, no host reader",
      "counting, 1 host reader",
      "counting, 3 host readers",
    ],
  ],
  watch: [measureWatch, 400, ["0", "1", "100", "1,000"]],
  components: [measureComponents, 2000, ["2", "20", "200", "2,000"]],
  groups: [measureGroups, 100, ["1", "10", "100"]],
  names: [measureNames, 100, ["1", "10", "100"]],
  keys: [measureKeys, 100, ["1", "4", "16", "64"]],
  chains: [measureChains, 128, ["1", "4", "16", "64"]],
  display: [measureDisplay, 500, ["ten frames a second"]],
  scrape: [measureScrape, 500, Array.from({ length: 3 }, () => ["tidemark", "tidemark, gzip", "prom-client"]).flat()],
  memory: [
    measureMemory,
    16,
    [2, 4, 6, 8, 10, 12, 14, 16].map((count) => `${count} updates`).concat("80 live changes", "160 live changes"),
  ],
  snapshot: [measureSnapshot, 1000, ["18", "114", "1,014"]],
};

// Each compares what was made and counted by itself, and throws when that is not as it must be.
describe("The tables of the bench", function () {
  this.timeout(120_000);

  for (const [name, [measure, size, rows]] of Object.entries(TRIES)) {
    it(`${name} measures every case, and finds the results as they must be`, async () => {
      const table = await measure({ size, repetitions: 1 });
      expect(table.rows.map(([first]) => first)).to.deep.equal(rows);
      for (const row of table.rows) {
        expect(row).to.have.lengthOf(table.columns.length);
        for (const cell of row) if (typeof cell === "number") expect(cell).to.satisfy(Number.isFinite);
      }
    });
  }

  it("builds compares this build with that of another checkout, here itself", async () => {
    const against = fileURLToPath(new URL("../..", import.meta.url));
    const { columns, rows } = await measureBuilds({ size: 40, repetitions: 1, against });
    expect(rows.map(([first]) => first)).to.include.members([
      "files, unchanged",
      "chains, first run",
      "import and first count",
    ]);
    for (const row of rows) {
      expect(row).to.have.lengthOf(columns.length);
      expect(row[3]).to.equal((row[1] as number) / (row[2] as number));
    }
  });

  it("builds is skipped without another checkout", async () => {
    const error = await measureBuilds({ size: 40, repetitions: 1 }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(SkippedError);
  });

  it("start-up runs every entry point", async () => {
    const { rows } = await measureStartUp({ size: 1, repetitions: 1 });
    const entries = ["", "/localfs", "/sqlite", "/serve", "/telemetry"].map((path) => `import "tidemark${path}"`);
    expect(rows.map(([first]) => first)).to.include.members([
      "bare Node",
      ...entries,
      "tidemark --help",
      "first count",
    ]);
  });

  it("install-size sums the package and its dependencies", async () => {
    const [own, dependencies, together] = (await measureInstallSize()).rows;
    expect(dependencies?.[1]).to.be.greaterThan(5);
    expect(together?.[2]).to.equal((own?.[2] as number) + (dependencies?.[2] as number));
  });
});
