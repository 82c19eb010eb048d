import { expect } from "chai";
import { RemainingEstimator, type Remaining } from "../../../lib/progress/view/remaining.ts";
import { createComponentStats, type UpdateSnapshot } from "../../../lib/progress/schema/stats.ts";
import { createSnapshot } from "../../snapshots.ts";

interface State {
  readonly numRan?: number;
  readonly numHits?: number;
  readonly numInProgress?: number;
  readonly numQueued?: number;
}

function snapshotAt(elapsedMs: number, state: State, changes: Partial<UpdateSnapshot> = {}): UpdateSnapshot {
  const { numHits = 0, numInProgress = 0, numQueued = 0, numRan = 0 } = state;
  const total = createComponentStats([numRan + numHits + numInProgress, numHits, numRan], numQueued);
  return createSnapshot({ elapsedMs, stats: { byComponent: { doc: total }, total }, ...changes });
}

/** What is said at the end of a run that is looked at twice a second. */
function estimate(lengthMs: number, stateAt: (elapsedMs: number) => State): Remaining {
  const estimator = new RemainingEstimator();
  for (let elapsedMs = 0; elapsedMs <= lengthMs; elapsedMs += 500) {
    estimator.take(snapshotAt(elapsedMs, stateAt(elapsedMs)));
  }
  return estimator.estimate(lengthMs);
}

describe("RemainingEstimator", () => {
  it("says nothing before the first snapshot", () => {
    expect(new RemainingEstimator().estimate(1000)).to.deep.equal({
      numDone: 0,
      numFound: 0,
      percent: null,
      timeMs: null,
    });
  });

  it("gives neither percentage nor time while the listing goes on, only what is known", () => {
    const estimator = new RemainingEstimator();
    estimator.take(snapshotAt(0, {}, { isListing: true }));
    estimator.take(snapshotAt(60_000, { numRan: 812, numInProgress: 8, numQueued: 1220 }, { isListing: true }));
    expect(estimator.estimate(60_000)).to.deep.equal({ numDone: 812, numFound: 2040, percent: null, timeMs: null });
  });

  it("gives a percentage, rounded down, once the total is known, and never 100", () => {
    const estimator = new RemainingEstimator();
    estimator.take(snapshotAt(1000, { numRan: 999, numInProgress: 1 }));
    expect(estimator.estimate(1000).percent).to.equal(99);
    estimator.take(snapshotAt(1100, { numRan: 1000 }));
    expect(estimator.estimate(1100).percent).to.equal(null);
  });

  it("gives a range around the time that is left at a steady rate", () => {
    const { timeMs } = estimate(20_000, (elapsedMs) => ({ numRan: elapsedMs / 10, numQueued: 1000 }));
    expect(timeMs?.low).to.be.within(8000, 10_000);
    expect(timeMs?.high).to.be.within(10_000, 12_000);
  });

  it("does not count memo hits as work: many at once are no sign of speed", () => {
    // 50,000 hits in the first second, then ten executions a second; what waits are executions, as far as anybody knows lately.
    const { timeMs } = estimate(60_000, (elapsedMs) => ({
      numHits: elapsedMs === 0 ? 0 : 50_000,
      numRan: elapsedMs / 100,
      numInProgress: 200,
    }));
    expect(timeMs?.low).to.be.within(15_000, 20_000);
    expect(timeMs?.high).to.be.within(20_000, 30_000);
  });

  it("counts only a share of the waiting components as work: the share of work among the finished ones", () => {
    const { timeMs } = estimate(60_000, (elapsedMs) => ({
      numHits: elapsedMs / 10,
      numRan: elapsedMs / 100,
      numQueued: 11_000,
    }));
    // A tenth of a tenth more than the hits: 1,000 executions at ten a second.
    expect(timeMs?.low).to.be.within(75_000, 100_000);
    expect(timeMs?.high).to.be.within(100_000, 130_000);
  });

  it("widens the range when the rate has changed, and says nothing when it is too wide to say anything", () => {
    const slower = estimate(30_000, (elapsedMs) => ({
      numRan: elapsedMs < 20_000 ? elapsedMs / 10 : 2000 + (elapsedMs - 20_000) / 20,
      numQueued: 1000,
    })).timeMs!;
    expect(slower.high / slower.low).to.be.greaterThan(1.6);
    const stuck = estimate(30_000, (elapsedMs) => ({
      numRan: elapsedMs < 20_000 ? elapsedMs / 10 : 2000 + Math.floor((elapsedMs - 20_000) / 2000),
      numQueued: 1000,
    }));
    expect(stuck.timeMs).to.equal(null);
  });

  it("says nothing of the time with few executions, after a short time, or when nothing ran lately", () => {
    expect(estimate(20_000, (elapsedMs) => ({ numRan: elapsedMs < 10_000 ? 0 : 9, numQueued: 5 })).timeMs).to.equal(
      null,
    );
    expect(estimate(1500, (elapsedMs) => ({ numRan: elapsedMs, numQueued: 500 })).timeMs).to.equal(null);
    const estimator = new RemainingEstimator();
    for (let at = 0; at <= 5000; at += 500) estimator.take(snapshotAt(at, { numRan: at / 10, numQueued: 100 }));
    expect(estimator.estimate(6000).timeMs).to.not.equal(null);
    expect(estimator.estimate(16_000).timeMs).to.equal(null);
  });

  it("says nothing of the rest once a report has caught up", () => {
    const estimator = new RemainingEstimator();
    estimator.take(snapshotAt(0, { numRan: 1, numQueued: 1 }, { status: "ready" }));
    expect(estimator.estimate(100).percent).to.equal(null);
  });
});
