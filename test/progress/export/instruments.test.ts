import { createNoopMeter, type Attributes, type Counter, type Meter, type MeterProvider } from "@opentelemetry/api";
import { expect } from "chai";
import { GuardedMeter } from "../../../lib/progress/export/guarded-meter.ts";
import { CANCELLATIONS_INDEX, ComponentInstruments } from "../../../lib/progress/export/instruments.ts";
import { CANCELLATIONS, COMPONENT_COUNTERS, SCOPE_NAME } from "../../../lib/progress/schema/names.ts";
import { VERSION } from "../../../lib/version.ts";
import { collectDiag } from "../../diag-log.ts";

/** A provider that writes down what is asked of it, and throws where it is told to. */
function createProvider(
  broken?: "getMeter" | "createCounter" | "add",
): MeterProvider & { readonly calls: unknown[][] } {
  const calls: unknown[][] = [];
  const note = (method: typeof broken, ...details: unknown[]): void => {
    calls.push([method, ...details]);
    if (broken === method) throw new Error(`${method} is broken`);
  };
  const meter = createNoopMeter();
  return {
    calls,
    getMeter(name, version): Meter {
      note("getMeter", name, version);
      return Object.assign(Object.create(meter) as Meter, {
        createCounter(counter: string, options: object): Counter {
          note("createCounter", counter, options);
          return { add: (value: number, attributes?: Attributes) => note("add", counter, value, attributes) };
        },
      });
    },
  };
}

describe("ComponentInstruments", () => {
  it("are made with the names and units in one place, under the package's scope", () => {
    const provider = createProvider();
    const meter = new GuardedMeter(provider);
    new ComponentInstruments(meter).create({});
    expect(meter.isBroken).to.equal(false);
    expect(provider.calls.slice(0, 8)).to.deep.equal([
      ["getMeter", SCOPE_NAME, VERSION],
      ...[...COMPONENT_COUNTERS, CANCELLATIONS].map(({ name, unit, description }) => [
        "createCounter",
        name,
        { unit, description },
      ]),
    ]);
  });

  it("add to the counter at an index", () => {
    const provider = createProvider();
    const instruments = new ComponentInstruments(new GuardedMeter(provider));
    provider.calls.length = 0;
    instruments.add(2, 5, { component: "doc" });
    instruments.add(CANCELLATIONS_INDEX, 1, {});
    expect(provider.calls).to.deep.equal([
      ["add", "tidemark.component.adds", 5, { component: "doc" }],
      ["add", "tidemark.component.cancellations", 1, {}],
    ]);
  });

  it("create every series at 0", () => {
    const provider = createProvider();
    const instruments = new ComponentInstruments(new GuardedMeter(provider));
    provider.calls.length = 0;
    instruments.create({ component: "doc" });
    expect(provider.calls).to.deep.equal(
      [...COMPONENT_COUNTERS, CANCELLATIONS].map(({ name }) => ["add", name, 0, { component: "doc" }]),
    );
  });

  for (const method of ["getMeter", "createCounter", "add"] as const) {
    it(`never throw, and tell it once, when a provider throws in ${method}`, () => {
      using diag = collectDiag();
      const provider = createProvider(method);
      const meter = new GuardedMeter(provider);
      const instruments = new ComponentInstruments(meter);
      for (let index = 0; index < 20; index++) instruments.add(index % 7, 1, {});
      instruments.create({});
      expect(meter.isBroken).to.equal(true);
      expect(diag.messages).to.have.length(1);
      expect(diag.messages[0]).to.include("a meter provider failed");
      expect(
        provider.calls.filter(([called]) => called === method),
        "left alone",
      ).to.have.length(1);
    });
  }
});
