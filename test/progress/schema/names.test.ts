import { expect } from "chai";
import { EXPORTED_INSTRUMENTS } from "../../../lib/progress/schema/names.ts";

describe("Instrument names", () => {
  it("follow OpenTelemetry: lower case with dots, a unit in braces, seconds or none, a description", () => {
    for (const { name, unit, description } of EXPORTED_INSTRUMENTS) {
      expect(name).to.match(/^tidemark(\.[a-z_]+){2,3}$/);
      expect(unit).to.match(/^(\{(execution|component|error|run|slot|source)\}|s|)$/);
      expect(description).to.match(/^[A-Z].*[^.]$/);
    }
  });

  it("differ", () => {
    expect(new Set(EXPORTED_INSTRUMENTS.map(({ name }) => name)).size).to.equal(EXPORTED_INSTRUMENTS.length);
  });

  it("are those of counters only where there is no unit in the name: an exporter adds it to all others", () => {
    const counters = EXPORTED_INSTRUMENTS.filter(({ kind }) => kind === "counter");
    expect(counters.map(({ unit }) => unit)).to.satisfy((units: string[]) =>
      units.every((unit) => /^\{.*\}$/.test(unit)),
    );
  });
});
