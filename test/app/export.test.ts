import { expect } from "chai";
import {
  App,
  componentSubpath,
  declareTargetState,
  fn,
  mount,
  mountEach,
  statsGroup,
  type StatsGroupHandle,
  type UpdateStats,
} from "../../lib/index.ts";
import {
  CANCELLATIONS,
  COMPONENT_ACTIVE,
  COMPONENT_COUNTERS,
  EXPORTED_INSTRUMENTS,
  QUEUE_SIZE,
} from "../../lib/progress/schema/names.ts";
import { defineRecordingTarget } from "../engine/targets/recording-target.ts";
import { failureOf } from "../state/failure-of.ts";
import { createTestEnvironment, type TestEnvironment } from "../test-environment.ts";
import { createMetricHost, type ExportedPoint, type MetricHost } from "./metric-host.ts";

const target = defineRecordingTarget();

const doc = fn({ memo: true }, function doc(text: string) {
  if (text.startsWith("broken")) throw new Error(text);
  declareTargetState(target.provider, text, text);
});

const section = fn(async function section(texts: readonly string[]) {
  await mountEach(doc, itemsOf(texts));
});

describe("Exported counters", () => {
  let host: MetricHost;
  let test: TestEnvironment;
  let groups: StatsGroupHandle[];

  beforeEach(async () => {
    groups = [];
    target.onApply = undefined;
    host = createMetricHost();
    test = await createTestEnvironment({ meterProvider: host.provider });
  });

  afterEach(async () => {
    await test[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  });

  /** Mounts documents outside any group, in one group inside another, and twice in groups of one title. */
  async function mountAll(texts: readonly string[], body?: () => Promise<unknown>): Promise<void> {
    await mountEach(doc, itemsOf(texts));
    await statsGroup("Outer", async (outer) => {
      groups.push(outer);
      await mount(
        "section",
        section,
        texts.map((text) => `${text} in a section`),
      );
      await statsGroup("Inner", async (inner) => {
        groups.push(inner);
        await mountEach(componentSubpath("inner"), doc, itemsOf(texts, "inside"));
      });
    });
    for (const place of ["left", "right"]) {
      await statsGroup("Twice", async (twice) => {
        groups.push(twice);
        await mountEach(componentSubpath(place), doc, itemsOf(texts, place));
      });
    }
    await body?.();
  }

  function createApp(texts: readonly string[], body?: () => Promise<unknown>): App<never[]> {
    return new App({ name: "exported", environment: test.environment }, async function main() {
      await mountAll(texts, body);
    });
  }

  it("are the sum of all reports, to the unit, over additions, failures, deletions and cancellations", async () => {
    const reports: UpdateStats[] = [];
    const stop = new AbortController();
    const keep = (handle: { stats(): UpdateStats | null }): void => {
      reports.push(handle.stats()!, ...groups.splice(0).map((group) => group.stats()!));
    };
    for (const texts of [["a", "b", "broken"], ["a", "c"], ["a", "c"], []]) {
      const handle = createApp(texts).update();
      await handle;
      keep(handle);
    }
    target.onApply = () => {
      throw new Error("disk full");
    };
    const failing = createApp(["a", "d"]).update();
    await failing;
    keep(failing);
    target.onApply = undefined;
    const aborted = createApp(["a"], async () => {
      await (
        await mount(function stuck() {
          stop.abort(new Error("enough"));
          return new Promise(() => {});
        })
      ).ready();
    }).update({ signal: stop.signal });
    await failureOf(aborted.result());
    keep(aborted);
    const drop = createApp([]).drop();
    await drop;
    keep(drop);

    const points = await host.collect();
    const sums = sumReports(reports);
    expect(
      sums.every((sum) => sum > 0),
      `each counter was used: ${sums.join()}`,
    ).to.equal(true);
    expect(numberOf(points, CANCELLATIONS.name)).to.be.greaterThan(0);
    expect([
      numberOf(points, COMPONENT_COUNTERS[0]!.name) - numberOf(points, CANCELLATIONS.name),
      ...COMPONENT_COUNTERS.slice(1).map(({ name }) => numberOf(points, name)),
    ]).to.deep.equal(sums);
  });

  it("have the app, the component and the group as attributes, and the units of one table", async () => {
    await createApp(["a"]).update({ live: true });
    const points = await host.collect();
    expect(host.scopes()).to.deep.equal(["tidemark"]);
    const units = new Map(points.map(({ name, unit }) => [name, unit]));
    expect(units).to.deep.equal(new Map(EXPORTED_INSTRUMENTS.map(({ name, unit }) => [name, unit])));
    for (const { attributes, name: found } of points) {
      const declared = EXPORTED_INSTRUMENTS.find(({ name }) => name === found)!.attributes;
      expect(Object.keys(attributes), found).to.have.members(declared);
    }
    const series = points.filter(({ name }) => name === COMPONENT_COUNTERS[2]!.name);
    expect(series.map(({ attributes, value }) => ({ ...attributes, value }))).to.have.deep.members([
      { app: "exported", component: "main", group: "root", value: 1 },
      { app: "exported", component: "doc", group: "root", value: 1 },
      { app: "exported", component: "section", group: "Outer", value: 1 },
      { app: "exported", component: "doc", group: "Outer", value: 1 },
      { app: "exported", component: "doc", group: "Inner", value: 1 },
      { app: "exported", component: "doc", group: "Twice", value: 2 },
    ]);
  });

  it("start at 0 before the component has done anything", async () => {
    let born: readonly ExportedPoint[] = [];
    const app = new App(
      { name: "born", environment: test.environment, maxInflightComponents: 1 },
      async function main() {
        await statsGroup("Docs", async () => {
          await mount("first", async function looking() {
            born = await host.collect();
          });
          await mount("second", doc, "a");
        });
      },
    );
    await app.update();
    const ofComponent = (component: string) =>
      Object.fromEntries(
        born.filter(({ attributes }) => attributes["component"] === component).map(({ name, value }) => [name, value]),
      );
    const zeros = Object.fromEntries(
      [...COMPONENT_COUNTERS, CANCELLATIONS, COMPONENT_ACTIVE, QUEUE_SIZE].map(({ name }) => [name, 0]),
    );
    expect(ofComponent("looking")).to.deep.equal({
      ...zeros,
      [COMPONENT_COUNTERS[0]!.name]: 1,
      [COMPONENT_ACTIVE.name]: 1,
    });
    expect(ofComponent("doc"), "mounted, waiting for its slot").to.deep.equal({ ...zeros, [QUEUE_SIZE.name]: 1 });
  });

  it("go on from run to run, while reports start at 0", async () => {
    for (const numRuns of [1, 2, 3]) {
      const handle = createApp([]).update();
      await handle;
      expect(handle.stats()?.byComponent["main"]?.numExecutionStarts).to.equal(1);
      const [point] = (await host.collect()).filter(({ name }) => name === COMPONENT_COUNTERS[0]!.name);
      expect(point?.value).to.equal(numRuns);
    }
  });
});

function itemsOf(texts: readonly string[], where = "root"): (readonly [string, string])[] {
  return texts.map((text) => [text, `${text} ${where}`] as const);
}

function sumReports(reports: readonly UpdateStats[]): number[] {
  const sums = [0, 0, 0, 0, 0, 0];
  for (const { total } of reports) {
    const { numExecutionStarts, numUnchanged, numAdds, numDeletes, numReprocesses, numErrors } = total;
    [numExecutionStarts, numUnchanged, numAdds, numDeletes, numReprocesses, numErrors].forEach((value, index) => {
      sums[index]! += value;
    });
  }
  return sums;
}

function numberOf(points: readonly ExportedPoint[], name: string): number {
  return points.filter((point) => point.name === name).reduce((sum, { value }) => sum + value, 0);
}
