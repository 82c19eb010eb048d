import { expect } from "chai";
import fc from "fast-check";
import { createComponentStats, sumComponentStats, UpdateStatus } from "../../../lib/progress/schema/stats.ts";

const counts = fc.array(fc.nat(1000), { minLength: 6, maxLength: 6 });

describe("ComponentStats", () => {
  it("has the derived numbers as properties", () => {
    expect(createComponentStats([10, 1, 2, 3, 1, 2], 4)).to.deep.equal({
      numExecutionStarts: 10,
      numUnchanged: 1,
      numAdds: 2,
      numDeletes: 3,
      numReprocesses: 1,
      numErrors: 2,
      numProcessed: 7,
      numFinished: 9,
      numInProgress: 1,
      numQueued: 4,
    });
  });

  it("is never less than 0 in progress", () => {
    expect(createComponentStats([1, 2, 0, 0, 0, 0], 0).numInProgress).to.equal(0);
  });

  it("is frozen", () => {
    expect(createComponentStats([1], 0)).to.satisfy(Object.isFrozen);
    expect(sumComponentStats([])).to.satisfy(Object.isFrozen);
  });

  it("adds up counter by counter, queue lengths included", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(counts, fc.nat(9))), (parts) => {
        const sums = [0, 1, 2, 3, 4, 5].map((index) => parts.reduce((sum, [part]) => sum + part[index]!, 0));
        const numQueued = parts.reduce((sum, [, queued]) => sum + queued, 0);
        const total = sumComponentStats(parts.map(([part, queued]) => createComponentStats(part, queued)));
        expect(total).to.deep.equal(createComponentStats(sums, numQueued));
      }),
    );
  });
});

describe("UpdateStatus", () => {
  it("has the two states as text", () => {
    expect(UpdateStatus).to.deep.equal({ RUNNING: "running", READY: "ready" });
  });
});
