import { expect } from "chai";
import { FailureStreak } from "../../../lib/engine/live/failure-streak.ts";

describe("FailureStreak", () => {
  it("doubles the pause with each failure in a row, up to the longest", () => {
    const streak = new FailureStreak();
    const pauses = Array.from({ length: 8 }, () => streak.fail(0, 0));
    expect(pauses).to.deep.equal([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(streak.numFailures).to.equal(8);
  });

  it("goes on when the source was ready for less than the longest pause", () => {
    const streak = new FailureStreak();
    streak.fail(0, 0);
    streak.beginAttempt();
    streak.noteReady(1000);
    expect(streak.fail(60_999, 0)).to.equal(2000);
  });

  it("begins anew when the source was ready for the longest pause", () => {
    const streak = new FailureStreak();
    streak.fail(0, 0);
    streak.fail(0, 0);
    streak.beginAttempt();
    streak.noteReady(1000);
    expect(streak.fail(61_000, 0)).to.equal(1000);
    expect(streak.numFailures).to.equal(1);
  });

  it("forgets with each attempt that the source was ready in an earlier one", () => {
    const streak = new FailureStreak();
    streak.noteReady(0);
    streak.fail(1000, 0);
    streak.beginAttempt();
    expect(streak.fail(100_000, 0)).to.equal(2000);
  });
});
