import { expect } from "chai";
import { CANCELLATIONS, COMPONENT_COUNTERS, formatAttribute, MAX_ATTRIBUTE_LENGTH } from "../../lib/progress/names.ts";

describe("Instrument names", () => {
  it("follow OpenTelemetry: lower case with dots, a unit in braces, a description", () => {
    for (const { name, unit, description } of [...COMPONENT_COUNTERS, CANCELLATIONS]) {
      expect(name).to.match(/^tidemark\.component(\.[a-z]+)+$/);
      expect(unit).to.match(/^\{(execution|component|error)\}$/);
      expect(description).to.match(/^[A-Z].*[^.]$/);
    }
  });

  it("differ", () => {
    expect(new Set([...COMPONENT_COUNTERS, CANCELLATIONS].map(({ name }) => name)).size).to.equal(7);
  });
});

describe("formatAttribute", () => {
  it("leaves ordinary text as it is", () => {
    expect(formatAttribute("Indexing docs: über \\ 100 %")).to.equal("Indexing docs: über \\ 100 %");
  });

  it("bounds the length", () => {
    expect(formatAttribute("x".repeat(MAX_ATTRIBUTE_LENGTH))).to.have.length(MAX_ATTRIBUTE_LENGTH);
    const text = formatAttribute("x".repeat(100_000));
    expect(text).to.have.length(MAX_ATTRIBUTE_LENGTH);
    expect(text).to.match(/x…$/);
  });

  it("gives well-formed text, also where the bound falls inside a character", () => {
    expect(formatAttribute("a\ud800b")).to.equal("a\ufffdb");
    expect(formatAttribute("x".repeat(MAX_ATTRIBUTE_LENGTH - 2) + "😀😀").isWellFormed()).to.equal(true);
  });

  it("turns double quotes into single ones", () => {
    expect(formatAttribute('the "docs"')).to.equal("the 'docs'");
  });
});
