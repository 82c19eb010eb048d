import { expect } from "chai";
import { interleave } from "../../bench/measure.ts";
import { median } from "../../bench/table.ts";

describe("interleave", () => {
  it("measures the variants in turn, every other time backwards", async () => {
    const order: string[] = [];
    const figures = await interleave(["a", "b"], 3, (variant) => order.push(variant));
    expect(order).to.deep.equal(["a", "b", "b", "a", "a", "b"]);
    expect([...figures]).to.deep.equal([
      ["a", [1, 4, 5]],
      ["b", [2, 3, 6]],
    ]);
  });
});

describe("median", () => {
  it("is the middle one, or the mean of the two in the middle", () => {
    expect(median([10, 9, 1])).to.equal(9);
    expect(median([10, 2, 1, 4])).to.equal(3);
  });
});
