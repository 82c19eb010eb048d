import { expect } from "chai";
import { createComponentStats } from "../../lib/progress/schema/stats.ts";
import type { UpdateRecord } from "../../lib/progress/record/update-record.ts";
import { PageStore } from "../../lib/serve/page/page-store.ts";
import { createSnapshot } from "../snapshots.ts";

describe("PageStore", () => {
  const total = createComponentStats([5, 5, 0, 0, 0, 0], 0);
  const snapshot = createSnapshot({ stats: { byComponent: {}, total } });

  function createRecord(changes: Partial<UpdateRecord> = {}): UpdateRecord {
    return {
      id: "1",
      app: "docs",
      kind: "update",
      startedAt: new Date(0).toISOString(),
      endedAt: null,
      status: "running",
      error: null,
      snapshot,
      groups: [],
      failures: [],
      ...changes,
    };
  }

  it("sums up the reports of an update, and the groups that the server has as a sum only", () => {
    const frames: (() => void)[] = [];
    const store = new PageStore((action) => frames.push(action));
    const groups = [{ index: 2, title: "third", startedAt: new Date(0).toISOString(), snapshot }];
    const forgotten = { numGroups: 2, total: createComponentStats([200, 200, 0, 0, 0, 0], 0) };
    store.takeRecord(createRecord({ groups, forgotten }));
    expect(store.find("1")!.all.snapshot.stats.total.numUnchanged).to.equal(210);
    const news = { update: "1", group: "third", groupIndex: 2, startedAt: new Date(0).toISOString() };
    const later = { ...snapshot, elapsedMs: 10, stats: { byComponent: {}, total: createComponentStats([9, 9], 0) } };
    expect(store.takeEvent({ ...news, ...later })).to.equal(true);
    expect(store.takeEvent({ ...news, ...later, groupIndex: 3 }), "the next").to.equal(true);
    expect(store.takeEvent({ ...news, ...later, groupIndex: 5 }), "one is missing").to.equal(false);
    for (const draw of frames) draw();
    expect(store.find("1")!.all.snapshot.stats.total.numUnchanged).to.equal(200 + 5 + 9 + 9);
  });

  it("estimates the remaining work of a report by its own counts (bug: by the counts of all reports)", () => {
    const store = new PageStore(() => {});
    const half = createSnapshot({ stats: { byComponent: {}, total: createComponentStats([2, 1, 0, 0, 0, 0], 0) } });
    const groups = [{ index: 0, title: "first", startedAt: new Date(0).toISOString(), snapshot }];
    store.takeRecord(createRecord({ snapshot: half, groups }));
    const { all, own } = store.find("1")!;
    expect([own!.estimator.estimate(0).percent, all.estimator.estimate(0).percent]).to.deep.equal([50, 85]);
  });
});
