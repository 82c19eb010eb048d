import { expect } from "chai";
import { growthOf } from "../../bench/memory/table.ts";

describe("growthOf", () => {
  it("compares the last quarter with the second one, after the warm-up", () => {
    expect(growthOf([1, 5, 10, 10, 11, 12, 10, 10])).to.equal(0);
    expect(growthOf([1, 5, 10, 10, 11, 12, 15, 15])).to.equal(0.5);
    expect(growthOf([9, 9, 10, 10, 11, 12, 5, 5])).to.equal(-0.5);
  });

  it("takes what there is of few values", () => {
    expect(growthOf([4, 4])).to.equal(0);
    expect(growthOf([1, 4, 8])).to.equal(1);
  });
});
