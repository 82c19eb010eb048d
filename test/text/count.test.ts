import { expect } from "chai";
import { formatCount, formatCountOf } from "../../lib/text/count.ts";

describe("formatCount", () => {
  it("separates thousands with commas", () => {
    expect([0, 999, 1204, 1234567].map(formatCount)).to.deep.equal(["0", "999", "1,204", "1,234,567"]);
  });
});

describe("formatCountOf", () => {
  it("uses the singular for one only", () => {
    expect([0, 1, 2].map((count) => formatCountOf(count, "error"))).to.deep.equal(["0 errors", "1 error", "2 errors"]);
  });

  it("takes a plural of its own", () => {
    expect(formatCountOf(1200, "entry", "entries")).to.equal("1,200 entries");
  });
});
