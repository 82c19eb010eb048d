import { createNoopMeter, metrics, type Meter, type MeterProvider } from "@opentelemetry/api";
import { expect } from "chai";
import { App, fn, mount, mountEach, type UpdateStats } from "../../lib/index.ts";
import { COMPONENT_COUNTERS } from "../../lib/progress/schema/names.ts";
import { countsByComponent } from "../counts.ts";
import { collectDiag, type DiagLog } from "../diag-log.ts";
import { failureOf } from "../state/failure-of.ts";
import { createTestEnvironment } from "../test-environment.ts";
import { createMetricHost, type MetricHost } from "./metric-host.ts";

const STARTS = COMPONENT_COUNTERS[0]!.name;
const METHODS = [
  "getMeter",
  "createCounter",
  "createHistogram",
  "createObservableUpDownCounter",
  "createObservableGauge",
  "addBatchObservableCallback",
  "add",
  "record",
] as const;
const EXPECTED = { main: { starts: 1, adds: 1 }, doc: { starts: 3, adds: 3 }, last: { starts: 1, adds: 1 } };

const doc = fn(function doc(_text: string) {});

describe("The host's meter provider", () => {
  let diag: DiagLog;

  beforeEach(() => {
    diag = collectDiag();
  });

  afterEach(() => {
    diag[Symbol.dispose]();
    metrics.disable();
  });

  /** Runs an app in an environment of its own; `halfway` is called when some of its components have ended. */
  async function run(options: { meterProvider?: MeterProvider }, halfway?: () => Promise<void>): Promise<UpdateStats> {
    await using test = await createTestEnvironment(options);
    const app = new App({ name: "app", environment: test.environment }, async function main() {
      const handle = await mountEach(doc, [
        ["a", "a"],
        ["b", "b"],
        ["c", "c"],
      ]);
      await handle.ready();
      await halfway?.();
      await mount(function last() {});
    });
    const update = app.update();
    await update;
    return update.stats()!;
  }

  it("is not needed", async () => {
    expect(countsByComponent(await run({}))).to.deep.equal(EXPECTED);
    expect(diag.messages).to.deep.equal([]);
  });

  it("is the one in the environment's options", async () => {
    await using host = createMetricHost();
    await using other = createMetricHost();
    metrics.setGlobalMeterProvider(other.provider);
    expect(countsByComponent(await run({ meterProvider: host.provider }))).to.deep.equal(EXPECTED);
    expect(await numStarts(host)).to.equal(5);
    expect(await numStarts(other)).to.equal(0);
  });

  it("is else the global one, also when that was set after the package was imported", async () => {
    await using host = createMetricHost();
    metrics.setGlobalMeterProvider(host.provider);
    expect(countsByComponent(await run({}))).to.deep.equal(EXPECTED);
    expect(await numStarts(host)).to.equal(5);
  });

  it("is looked up anew for each update of one app", async () => {
    await using host = createMetricHost();
    await using test = await createTestEnvironment();
    const app = new App({ name: "app", environment: test.environment }, function main() {});
    await app.update();
    metrics.setGlobalMeterProvider(host.provider);
    await app.update();
    expect(await numStarts(host)).to.equal(1);
    metrics.disable();
    await app.update();
    expect(await numStarts(host)).to.equal(1);
  });

  it("may do nothing", async () => {
    const meterProvider = { getMeter: () => createNoopMeter() };
    expect(countsByComponent(await run({ meterProvider }))).to.deep.equal(EXPECTED);
    expect(diag.messages).to.deep.equal([]);
  });

  for (const method of METHODS) {
    it(`may throw in ${method}: the run goes on, and it is told once`, async () => {
      const meterProvider = createThrowingProvider(method);
      expect(countsByComponent(await run({ meterProvider }))).to.deep.equal(EXPECTED);
      expect(diag.messages).to.have.length(1);
    });
  }

  it("may begin to throw in the middle of a run", async () => {
    let isBroken = false;
    const meterProvider = createThrowingProvider("add", () => isBroken);
    const stats = await run({ meterProvider }, async () => {
      isBroken = true;
    });
    expect(countsByComponent(stats)).to.deep.equal(EXPECTED);
    expect(diag.messages).to.have.length(1);
  });

  it("may be shut down in the middle of a run", async () => {
    const host = createMetricHost();
    const stats = await run({ meterProvider: host.provider }, () => host.provider.shutdown());
    expect(countsByComponent(stats)).to.deep.equal(EXPECTED);
  });

  it("may be shut down before a run", async () => {
    const host = createMetricHost();
    await host.provider.shutdown();
    expect(countsByComponent(await run({ meterProvider: host.provider }))).to.deep.equal(EXPECTED);
  });

  it("that is none fails the update, and not the next one (a bug once: that hung)", async () => {
    await using test = await createTestEnvironment();
    const app = new App({ name: "app", environment: test.environment }, () => "value");
    metrics.setGlobalMeterProvider(true as unknown as MeterProvider);
    expect(await failureOf(app.update().result())).to.be.instanceOf(TypeError);
    metrics.disable();
    expect(await app.update()).to.equal("value");
  });
});

function createThrowingProvider(broken: (typeof METHODS)[number], isBroken = () => true): MeterProvider {
  const fail = (method: string): void => {
    if (method === broken && isBroken()) throw new Error(`${method} is broken`);
  };
  /** Makes `made`, unless that is what is broken. */
  const make =
    <T>(method: string, made: T) =>
    (): T => {
      fail(method);
      return made;
    };
  const noop = createNoopMeter();
  return {
    getMeter: make(
      "getMeter",
      Object.assign(Object.create(noop) as Meter, {
        createCounter: make("createCounter", { add: () => fail("add") }),
        createHistogram: make("createHistogram", { record: () => fail("record") }),
        createObservableUpDownCounter: make("createObservableUpDownCounter", noop.createObservableUpDownCounter("x")),
        createObservableGauge: make("createObservableGauge", noop.createObservableGauge("x")),
        addBatchObservableCallback: () => fail("addBatchObservableCallback"),
      }),
    ),
  };
}

async function numStarts(host: MetricHost): Promise<number> {
  return (await host.collect()).filter(({ name }) => name === STARTS).reduce((sum, { value }) => sum + value, 0);
}
