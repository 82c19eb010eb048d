import { expect } from "chai";
import { App, fn, mount, statsGroup, type ComponentFailure, type StatsGroupHandle } from "../../lib/index.ts";
import { MAX_EXPORTED_COMPONENTS, MAX_EXPORTED_TITLES } from "../../lib/progress/export/export-bounds.ts";
import { COMPONENT_ACTIVE, COMPONENT_COUNTERS } from "../../lib/progress/schema/names.ts";
import { collectDiag, type DiagLog } from "../diag-log.ts";
import { createTestEnvironment, type TestEnvironment } from "../test-environment.ts";
import { createMetricHost, type ExportedPoint, type MetricHost } from "./metric-host.ts";

const STARTS = COMPONENT_COUNTERS[0]!.name;
/** The counters, the cancellations, what is in progress and what is queued. */
const NUM_SERIES = COMPONENT_COUNTERS.length + 3;

const broken = fn(function broken() {
  throw new Error("boom");
});

describe("Exported titles and names made from data", () => {
  let diag: DiagLog;
  let host: MetricHost;
  let test: TestEnvironment;

  beforeEach(async () => {
    diag = collectDiag();
    host = createMetricHost();
    test = await createTestEnvironment({ meterProvider: host.provider });
  });

  afterEach(async () => {
    await test[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
    diag[Symbol.dispose]();
  });

  /** The exported starts of a component, by group. */
  async function startsByGroup(component: string): Promise<Record<string, number>> {
    const points = (await host.collect()).filter(
      ({ name, attributes }) => name === STARTS && attributes["component"] === component,
    );
    return Object.fromEntries(points.map(({ attributes, value }) => [attributes["group"], value]));
  }

  it("end in one group called other; reports and failures keep the true titles, and nothing is lost", async () => {
    const numGroups = MAX_EXPORTED_TITLES + 100;
    let groups: StatsGroupHandle[] = [];
    const app = new App({ name: "titles", environment: test.environment }, async function main() {
      for (let index = 0; index < numGroups; index++) {
        await statsGroup(`item ${index}`, async (group) => {
          groups.push(group);
          await mount(String(index), broken);
        });
      }
    });
    for (const numRuns of [1, 2]) {
      groups = [];
      await app.update();
      const failures: ComponentFailure[] = groups.flatMap((group) => group.failures());
      const titles = Array.from({ length: numGroups }, (_, index) => `item ${index}`);
      expect(groups.map(({ title }) => title)).to.deep.equal(titles);
      expect(failures.map(({ group }) => group)).to.deep.equal(titles);
      const starts = await startsByGroup("broken");
      expect(Object.keys(starts)).to.have.length(MAX_EXPORTED_TITLES + 1);
      expect(starts["item 0"]).to.equal(numRuns);
      expect(starts["other"], "the cells of many reports add up").to.equal(100 * numRuns);
      expect(diag.messages, "over all runs of the app").to.have.length(1);
    }
  });

  it("end in one component called other; stats keep the true names", async () => {
    const numNames = MAX_EXPORTED_COMPONENTS + 50;
    const app = new App({ name: "names", environment: test.environment }, async function main() {
      for (let index = 0; index < numNames; index++) await mount(fn({ name: `item ${index}` }, () => {}));
    });
    const handle = app.update();
    await handle;
    expect(handle.stats()?.byComponent[`item ${numNames - 1}`]?.numAdds).to.equal(1);
    const points = (await host.collect()).filter(({ name }) => name === STARTS);
    expect(points).to.have.length(MAX_EXPORTED_COMPONENTS + 1);
    expect(points.find(({ attributes }) => attributes["component"] === "other")?.value).to.equal(51);
    expect(diag.messages).to.have.length(1);
  });

  it("have series that start at 0, and go up only", async () => {
    let born: readonly ExportedPoint[] = [];
    const app = new App({ name: "born", environment: test.environment }, async function main() {
      for (let index = 0; index < MAX_EXPORTED_TITLES; index++) {
        await statsGroup(`item ${index}`, () => mount(String(index), function quick() {}));
      }
      await statsGroup("beyond", async () => {
        await mount(async function late() {
          born = (await host.collect()).filter(({ attributes }) => attributes["component"] === "late");
        });
      });
    });
    await app.update();
    expect(born.map(({ attributes }) => attributes["group"])).to.deep.equal(Array(NUM_SERIES).fill("other"));
    const ends = born.filter(({ name }) => name !== STARTS && name !== COMPONENT_ACTIVE.name);
    expect(ends.map(({ value }) => value)).to.deep.equal(Array(NUM_SERIES - 2).fill(0));
    expect(await startsByGroup("late")).to.deep.equal({ other: 1 });
  });

  it("are bounded app by app", async () => {
    for (const name of ["left", "right"]) {
      const app = new App({ name, environment: test.environment }, async function main() {
        for (let index = 0; index < MAX_EXPORTED_TITLES; index++) {
          await statsGroup(`${name} ${index}`, () => mount(String(index), function quick() {}));
        }
      });
      await app.update();
    }
    expect(Object.keys(await startsByGroup("quick"))).to.have.length(2 * MAX_EXPORTED_TITLES);
    expect(diag.messages).to.deep.equal([]);
  });
});
