import { expect } from "chai";
import { backoffMs, RETRY_BOUNDS } from "../../lib/time/backoff.ts";

describe("backoffMs", () => {
  it("doubles from a second up to a minute for failed sources and deletions", () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 2000].map((numFailures) => backoffMs(numFailures, 0, RETRY_BOUNDS));
    expect(pauses).to.deep.equal([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it("takes the first and the longest pause from its caller", () => {
    const bounds = { firstMs: 250, longestMs: 700 };
    expect([1, 2, 3, 4].map((numFailures) => backoffMs(numFailures, 0, bounds))).to.deep.equal([250, 500, 700, 700]);
  });

  it("shortens a pause by up to a half, at random", () => {
    expect([0, 0.5, 1].map((random) => backoffMs(3, random, RETRY_BOUNDS))).to.deep.equal([4000, 3000, 2000]);
  });
});
