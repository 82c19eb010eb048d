import { expect } from "chai";
import { mergeUpdates } from "../../../lib/progress/record/merge-updates.ts";
import type { UpdateRecord } from "../../../lib/progress/record/update-record.ts";
import { createSnapshot } from "../../snapshots.ts";

describe("mergeUpdates", () => {
  function createRecord(app: string, startedMs: number): UpdateRecord {
    return {
      id: `${app}${startedMs}`,
      app,
      kind: "update",
      startedAt: new Date(startedMs).toISOString(),
      endedAt: new Date(startedMs + 1).toISOString(),
      status: "ready",
      error: null,
      snapshot: createSnapshot({ final: true }),
      groups: [],
      failures: [],
    };
  }

  function merged(...lists: readonly (readonly [app: string, ...startedMs: readonly number[]])[]): string[] {
    const records = lists.map(([app, ...times]) => times.map((time) => createRecord(app, time)));
    return mergeUpdates(records).map(({ id }) => id);
  }

  it("orders updates of different lists by their start times, newest first", () => {
    expect(merged(["a", 5, 3, 1], ["b", 4, 2])).to.deep.equal(["a5", "b4", "a3", "b2", "a1"]);
    expect(merged()).to.deep.equal([]);
  });

  it("keeps the order of a list in which the clock was set back or forward", () => {
    expect(merged(["a", 3, 9, 1], ["b", 4, 2])).to.deep.equal(["b4", "a3", "a9", "b2", "a1"]);
    expect(merged(["a", 9, 2, 3])).to.deep.equal(["a9", "a2", "a3"]);
  });
});
