import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { expect } from "chai";
import { LocalReader } from "../../lib/progress/local-reader.ts";
import { COMPONENT_COUNTERS, COMPONENT_KEY, REPORT_KEY } from "../../lib/progress/schema/names.ts";

describe("LocalReader", () => {
  let reader: LocalReader;
  let provider: MeterProvider;

  beforeEach(() => {
    reader = new LocalReader();
    provider = new MeterProvider({ readers: [reader] });
  });

  afterEach(() => provider.shutdown());

  function add(index: number, value: number, report: string, component: string): void {
    const counter = provider.getMeter("test").createCounter(COMPONENT_COUNTERS[index]!.name);
    counter.add(value, { [REPORT_KEY]: report, [COMPONENT_KEY]: component });
  }

  it("gives the growth of each counter, once", async () => {
    add(0, 2, "1", "doc");
    add(0, 1, "1", "doc");
    add(5, 1, "2", "doc");
    expect(await reader.read()).to.have.deep.members([
      { report: "1", component: "doc", index: 0, value: 3 },
      { report: "2", component: "doc", index: 5, value: 1 },
    ]);
    expect(await reader.read()).to.deep.equal([]);
    add(0, 4, "1", "doc");
    expect(await reader.read()).to.deep.equal([{ report: "1", component: "doc", index: 0, value: 4 }]);
  });

  it("tells every component apart when there are more than 2,000 in one interval", async () => {
    for (let index = 0; index < 5000; index++) add(0, 1, "1", `doc ${index}`);
    const components = new Set((await reader.read()).map(({ component }) => component));
    expect(components.size).to.equal(5000);
  });

  it("leaves out instruments that are no counters of a component", async () => {
    provider
      .getMeter("test")
      .createCounter("other")
      .add(1, { [REPORT_KEY]: "1", [COMPONENT_KEY]: "doc" });
    provider.getMeter("test").createCounter(COMPONENT_COUNTERS[0]!.name).add(1);
    expect(await reader.read()).to.deep.equal([]);
  });
});
