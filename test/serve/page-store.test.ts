import { expect } from "chai";
import { createComponentStats } from "../../lib/progress/schema/stats.ts";
import type { UpdateRecord } from "../../lib/progress/record/update-record.ts";
import { AnswerError } from "../../lib/serve/client/update-client.ts";
import { summarizeUpdate } from "../../lib/serve/client/update-summary.ts";
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

  it("has an update that begins before all others, though the clock was set back (bug: by its start time)", () => {
    const store = new PageStore(() => {});
    const listed = createRecord({ startedAt: new Date(5000).toISOString(), endedAt: new Date(6000).toISOString() });
    store.takeList({ historyError: null, updates: [summarizeUpdate(listed)] }, 0);
    const begun = createRecord({ id: "2" });
    expect(store.takeRecord(begun)).to.equal("list");
    store.takeList({ historyError: null, updates: [begun, listed].map((record) => summarizeUpdate(record)) }, 0);
    expect(store.takeRecord(begun)).to.equal(undefined);
    expect(store.state.updates.map(({ id }) => id)).to.deep.equal(["2", "1"]);
  });

  it("wants the list for an update that it learns of after a later one (bug: it took it for the newest)", () => {
    const store = new PageStore(() => {});
    const startedAt = new Date(5000).toISOString();
    expect(store.takeRecord(createRecord({ id: "2", startedAt }))).to.equal(undefined);
    for (const startedAtMs of [4000, 5000]) {
      const earlier = createRecord({ id: "1", startedAt: new Date(startedAtMs).toISOString() });
      expect(store.takeRecord(earlier)).to.equal("list");
    }
    expect(store.state.updates.map(({ id }) => id)).to.deep.equal(["2"]);
    expect(store.takeRecord(createRecord({ id: "3", startedAt: new Date(5001).toISOString() }))).to.equal(undefined);
    expect(store.state.updates.map(({ id }) => id)).to.deep.equal(["3", "2"]);
  });

  describe("as a sink", () => {
    const listed = { historyError: null, updates: [summarizeUpdate(createRecord())] };

    it("wants the updates of the list that it shows in full, and those that were in progress", () => {
      const store = new PageStore(() => {});
      store.takeRecord(createRecord());
      const ended = ["2", "3"].map((id) => createRecord({ id, endedAt: new Date(1).toISOString() }));
      const updates = [...ended, createRecord()].map((record) => summarizeUpdate(record));
      expect(store.takeList({ historyError: "unreadable", updates }, 5)).to.deep.equal(["1"]);
      expect(store.state).to.include({ historyError: "unreadable", skewMs: 5 });
      const next = [createRecord({ id: "4" }), ...ended, createRecord({ endedAt: new Date(1).toISOString() })];
      const later = { historyError: null, updates: next.map((record) => summarizeUpdate(record)) };
      expect(store.takeList(later, 5)).to.deep.equal(["4", "1"]);
    });

    it("wants an update at once that it does not have in full, and soon after failures and forgotten groups", () => {
      const store = new PageStore(() => {});
      const stats = { byComponent: {}, total: createComponentStats([5, 3, 0, 0, 0, 2], 0) };
      const news = { update: "1", group: null, groupIndex: null, startedAt: new Date(0).toISOString(), ...snapshot };
      store.takeList(listed, 0);
      expect(store.takeReport(news)).to.equal("load");
      store.takeRecord(createRecord());
      expect(store.takeReport(news)).to.equal(undefined);
      expect(store.takeReport({ ...news, stats, elapsedMs: 1 })).to.equal("load-soon");
      expect(store.takeReport({ ...news, stats, elapsedMs: 2 })).to.equal(undefined);
      expect(store.takeReport({ ...news, stats, elapsedMs: 3, numForgotten: 1 })).to.equal("load-soon");
    });

    it("keeps the time of the first loss until it has caught up", () => {
      const store = new PageStore(() => {});
      expect(store.lose(new Error("reset"))).to.equal("retry");
      const first = store.state.connection;
      expect(first).to.include({ kind: "lost", reason: "reset" });
      store.lose(new Error("refused"));
      expect(store.state.connection).to.deep.equal({ ...first, reason: "refused" });
      store.caughtUp();
      expect(store.state.connection).to.deep.equal({ kind: "live" });
    });

    it("rests until there is a token, and says whether one was wrong", () => {
      const store = new PageStore(() => {});
      for (const kind of ["token-missing", "token-refused"] as const) {
        expect(store.lose(new AnswerError(kind, "the server answered 401"))).to.equal("rest");
        expect(store.state.connection).to.deep.equal({ kind: "locked", isWrong: kind === "token-refused" });
      }
      expect(store.lose(new AnswerError("foreign", "the server answered 403"))).to.equal("retry");
    });
  });
});
