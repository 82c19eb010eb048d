import { expect } from "chai";
import { findNearest, sortByLikeness } from "../../lib/text/nearest.ts";

describe("findNearest", () => {
  it("finds a name with one slip: missing, added, replaced or swapped letters", () => {
    for (const slip of ["dcs", "docss", "dics", "dosc", "DOCS"]) {
      expect(findNearest(slip, ["pictures", "docs", "code"]), slip).to.equal("docs");
    }
  });

  it("finds nothing when nothing is like it", () => {
    expect(findNearest("weather", ["docs", "code"])).to.equal(undefined);
    expect(findNearest("docs", [])).to.equal(undefined);
  });
});

describe("sortByLikeness", () => {
  it("gives the most alike first", () => {
    expect(sortByLikeness("index", ["indexed", "indexer", "index2", "other"])).to.deep.equal([
      "index2",
      "indexed",
      "indexer",
    ]);
  });
});
