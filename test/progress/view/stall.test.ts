import { expect } from "chai";
import { findStall } from "../../../lib/progress/view/stall.ts";
import type { OldestInProgress, UpdateSnapshot } from "../../../lib/progress/schema/stats.ts";
import { createSnapshot } from "../../snapshots.ts";

function create(oldest: Partial<OldestInProgress>, changes: Partial<UpdateSnapshot> = {}): UpdateSnapshot {
  const component = { component: "doc", path: '/"a"', startedMs: 1000, meanMs: 5000, ...oldest };
  return createSnapshot({ oldest: component, lastFinishedMs: 2000, ...changes });
}

describe("findStall", () => {
  it("names the oldest component when nothing has finished for ten times its own mean", () => {
    expect(findStall(create({}), 52_000)).to.equal(null);
    expect(findStall(create({}), 52_001)).to.deep.equal({
      component: "doc",
      path: '/"a"',
      ageMs: 51_001,
      quietMs: 50_001,
    });
  });

  it("waits ten seconds at least, however fast the component is", () => {
    expect(findStall(create({ meanMs: 1 }), 12_000)).to.equal(null);
    expect(findStall(create({ meanMs: 1 }), 12_001)?.quietMs).to.equal(10_001);
  });

  it("waits a minute where no pace is known", () => {
    expect(findStall(create({ meanMs: null }), 61_000)).to.equal(null);
    expect(findStall(create({ meanMs: null, startedMs: 0 }, { lastFinishedMs: null }), 60_001)?.quietMs).to.equal(
      60_001,
    );
  });

  it("does not blame a component that has begun after a pause", () => {
    expect(findStall(create({ startedMs: 3_600_000 }), 3_605_000)).to.equal(null);
  });

  it("finds none when nothing is in progress, in a report that has caught up, and in the main function", () => {
    expect(findStall(createSnapshot(), 1e9)).to.equal(null);
    expect(findStall(create({}, { status: "ready" }), 1e9)).to.equal(null);
    expect(findStall(create({ path: "/" }), 1e9)).to.equal(null);
  });
});
