import { expect } from "chai";
import { formatAttribute, MAX_ATTRIBUTE_LENGTH } from "../../lib/progress/export-bounds.ts";

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

  it("gives an empty title a name, because Prometheus takes an empty label for none", () => {
    expect(formatAttribute("")).to.equal("untitled");
  });

  it("turns double quotes into single ones", () => {
    expect(formatAttribute('the "docs"')).to.equal("the 'docs'");
  });
});
