import { expect } from "chai";
import { assert, nat, property, string } from "fast-check";
import { measureWidth, truncateToWidth } from "../../lib/text/width.ts";

describe("truncateToWidth", () => {
  it("leaves a text that fits", () => {
    expect(truncateToWidth("abcde", 5)).to.equal("abcde");
    expect(truncateToWidth("abcde", Infinity)).to.equal("abcde");
  });

  it("cuts to the width, the ellipsis included", () => {
    expect(truncateToWidth("abcdef", 5)).to.equal("abcd…");
  });

  it("counts wide characters as two columns", () => {
    expect(truncateToWidth("古古古", 5)).to.equal("古古…");
    expect(truncateToWidth("古古古", 4)).to.equal("古…");
  });

  it("never cuts inside a grapheme", () => {
    expect(truncateToWidth("👩‍👩‍👧abc", 4)).to.equal("👩‍👩‍👧a…");
    expect(truncateToWidth("e\u0301e\u0301e\u0301", 2)).to.equal("e\u0301…");
  });

  it("gives nothing for no width", () => {
    expect(truncateToWidth("abc", 0)).to.equal("");
  });

  it("never gives more than the width", () => {
    assert(
      property(string({ unit: "grapheme", maxLength: 30 }), nat(20), (text, width) => {
        expect(measureWidth(truncateToWidth(text, width))).to.be.at.most(width);
      }),
    );
  });
});
