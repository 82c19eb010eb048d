import { expect } from "chai";
import {
  formatAttribute,
  formatComponent,
  formatTitle,
  MAX_ATTRIBUTE_LENGTH,
} from "../../../lib/progress/export/export-bounds.ts";

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

  it("escapes control characters, so that what differs only in them stays different", () => {
    const titles = [
      "a\n",
      "a\r",
      "a\r\n",
      "a\0",
      "a\u001b",
      "a\u0085",
      "a\u009b",
      "a\u007f",
      "a\u2028",
      "a\u202e",
      "a",
      "a ",
    ];
    titles.push(String.raw`a\u000a`, String.raw`a\u005cu000a`, "a\\\n", String.raw`a\\u000a`, String.raw`a\n`);
    const exported = titles.map(formatAttribute);
    expect(new Set(exported).size).to.equal(titles.length);
    for (const text of exported) expect(text).to.match(/^[\u0020-\u007e]*$/);
    expect(formatAttribute("\u001b".repeat(100_000))).to.have.length.below(6 * MAX_ATTRIBUTE_LENGTH);
  });

  it("turns double quotes into single ones", () => {
    expect(formatAttribute('the "docs"')).to.equal("the 'docs'");
  });
});

describe("formatTitle", () => {
  it("gives an empty title a name, because Prometheus takes an empty label for none", () => {
    expect(formatTitle("")).to.equal("untitled");
  });

  it("keeps titles apart from what is exported for something else", () => {
    const titles = ["root", "other", "untitled", "root_", "root__", "Root", "another", ""];
    const exported = ["root_", "other_", "untitled_", "root__", "root___", "Root", "another", "untitled"];
    expect(titles.map(formatTitle)).to.deep.equal(exported);
  });
});

describe("formatComponent", () => {
  it("keeps names apart from that of components beyond the bounds", () => {
    expect(["other", "other_", "root", "untitled"].map(formatComponent)).to.deep.equal([
      "other_",
      "other__",
      "root",
      "untitled",
    ]);
  });
});
