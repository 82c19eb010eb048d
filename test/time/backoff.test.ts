import { expect } from "chai";
import { pauseAfter } from "../../lib/time/backoff.ts";

describe("pauseAfter", () => {
  it("doubles from a second up to a minute", () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 2000].map((numFailures) => pauseAfter(numFailures, 0));
    expect(pauses).to.deep.equal([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it("is shorter by up to a half, as chance will have it", () => {
    expect([0, 0.5, 1].map((random) => pauseAfter(3, random))).to.deep.equal([4000, 3000, 2000]);
  });
});
