import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import type { RemoteReport } from "../../../lib/cli/remote/remote-report.ts";
import { RemoteUpdate } from "../../../lib/cli/remote/remote-update.ts";
import type { UpdateSnapshot } from "../../../lib/progress/schema/stats.ts";
import type { FailureRecord, UpdateRecord } from "../../../lib/progress/record/update-record.ts";
import type { ReportEvent } from "../../../lib/serve/client/report-event.ts";
import { FakeClock } from "../../fake-clock.ts";
import { createStats } from "../../report/views.ts";
import { createSnapshot } from "../../snapshots.ts";
import { collectGarbage } from "../../used-heap.ts";

const START = new Date(0).toISOString();

/** A report as its follower has seen it. */
interface Seen {
  readonly report: WeakRef<RemoteReport>;
  readonly title: string | null;
  latest?: UpdateSnapshot;
  /** How it ended. */
  end?: unknown;
}

function open() {
  const clock = new FakeClock();
  const seen: Seen[] = [];
  const show = async (report: RemoteReport): Promise<void> => {
    const one: Seen = { report: new WeakRef(report), title: report.title };
    seen.push(one);
    try {
      for await (one.latest of report.watch());
      one.end = "done";
    } catch (error) {
      one.end = error;
    }
  };
  return { clock, seen, update: new RemoteUpdate("docs", show, clock) };
}

/** As it comes in an event, or in the record: through JSON. */
function receive<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function createEvent(groupIndex: number | null, changes: Partial<ReportEvent> = {}): ReportEvent {
  const group = groupIndex === null ? null : "Section";
  return receive({ ...createSnapshot(), update: "1", group, groupIndex, startedAt: START, ...changes });
}

function createRecord(changes: Partial<UpdateRecord> = {}): UpdateRecord {
  const facts = { id: "1", app: "docs", kind: "update", status: "running", startedAt: START, endedAt: null } as const;
  return receive({ ...facts, error: null, snapshot: createSnapshot(), groups: [], failures: [], ...changes });
}

const ENDED = { endedAt: START, status: "ready", snapshot: createSnapshot({ final: true }) } as const;

function createFailure(at: number, path: string): FailureRecord {
  const error = { name: "Error", message: "boom", stack: null };
  return { component: "doc", path, group: "Section", error, cause: "boom", at: new Date(at).toISOString() };
}

describe("RemoteUpdate", () => {
  it("has dates by the clock of this machine", async () => {
    const { seen, update } = open();
    const failing = { component: "feed", path: "/feed", message: "refused", numFailures: 1 };
    const snapshot = createSnapshot({
      caughtUpAt: new Date(61_000),
      oldestChangeAt: new Date(62_000),
      failingSources: [{ ...failing, since: new Date(63_000), retryAt: new Date(64_000) }],
    });
    update.take(createEvent(null, snapshot), 60_000);
    await turn();
    expect(seen[0]?.latest).to.deep.include({
      caughtUpAt: new Date(1000),
      oldestChangeAt: new Date(2000),
      failingSources: [{ ...failing, since: new Date(3000), retryAt: new Date(4000) }],
    });
  });

  it("is as old as its start says when it is first seen, then by a clock that nobody sets", async () => {
    const { clock, seen, update } = open();
    const elapsed: (number | undefined)[] = [];
    clock.advance(5000);
    for (const shiftMs of [0, -3_600_000, 365 * 86_400_000]) {
      clock.shiftDate(shiftMs);
      clock.advance(1000);
      update.take(createEvent(null, createSnapshot({ elapsedMs: 10 })), 0);
      await turn();
      elapsed.push(seen[0]?.latest?.elapsedMs);
    }
    expect(elapsed).to.deep.equal([6000, 7000, 8000]);
  });

  it("ends a group whose last event was missed when the update has ended, also if the record has forgotten it (a bug once)", async () => {
    const { seen, update } = open();
    update.take(createEvent(null), 0);
    update.take(createEvent(0), 0);
    update.takeRecord(createRecord(ENDED), 0);
    await update.shown();
    expect(seen.map(({ end }) => end)).to.deep.equal(["done", "done"]);
  });

  it("ends a group that the server has forgotten while the connection was lost, and no other", async () => {
    const { seen, update } = open();
    for (const index of [0, 1]) update.take(createEvent(index), 0);
    update.takeRecord(createRecord(), 0);
    await turn();
    expect(seen.map(({ end }) => end)).to.deep.equal([undefined, undefined, undefined]);
    update.cutOff();
    expect(seen.map(({ report }) => report.deref()?.isCutOff)).to.deep.equal([true, true, true]);
    const group = { index: 1, title: "Section", startedAt: START, snapshot: createSnapshot() };
    update.takeRecord(createRecord({ groups: [group] }), 0);
    await turn();
    expect(seen.map(({ end }) => end)).to.deep.equal(["done", undefined, undefined]);
    expect(seen.slice(1).map(({ report }) => report.deref()?.isCutOff)).to.deep.equal([false, false]);
  });

  it("holds on to no group that has ended, keeps its errors, and does not open it again (a leak once)", async () => {
    const { seen, update } = open();
    const stats = createStats({ doc: [1, 0, 0, 0, 0, 1] });
    const final = { final: true, stats };
    update.take(createEvent(null), 0);
    for (let index = 0; index < 5000; index++) {
      update.take(createEvent(index, final), 0);
      await turn();
    }
    await collectGarbage();
    expect(seen.slice(1).filter(({ report }) => report.deref() !== undefined)).to.have.lengthOf.at.most(1);
    expect(update.numErrors).to.equal(5000);
    const groups = Array.from({ length: 1000 }, (_, index) => ({
      index: 4000 + index,
      title: "Section",
      startedAt: START,
      snapshot: createSnapshot(final),
    }));
    update.takeRecord(createRecord({ ...ENDED, groups }), 0);
    await update.shown();
    expect(seen).to.have.length(5001);
    expect(update.numErrors).to.equal(5000);
  });

  it("does not take failures of an ended group for those of a later one with its title", async () => {
    const { seen, update } = open();
    update.take(createEvent(0, { final: true }), 0);
    await turn();
    update.take(createEvent(1, { startedAt: new Date(1000).toISOString() }), 0);
    await turn();
    update.takeRecord(createRecord({ failures: [createFailure(500, "/old"), createFailure(1500, "/new")] }), 0);
    const failures = seen[1]!.report.deref()!.failures();
    expect(failures.map(({ path }) => path)).to.deep.equal(["/new"]);
  });

  it("has the failures of each group with one title, though the clock was set back before (bug: by their times)", async () => {
    const { seen, update } = open();
    for (const index of [0, 1]) update.take(createEvent(index, { startedAt: new Date(1000).toISOString() }), 0);
    await turn();
    const failures = [
      { ...createFailure(500, "/one"), groupIndex: 0 },
      { ...createFailure(400, "/two"), groupIndex: 1 },
      { ...createFailure(2000, "/forgotten"), groupIndex: 7 },
    ];
    update.takeRecord(createRecord({ failures }), 0);
    const paths = seen.slice(0, 2).map(({ report }) =>
      report
        .deref()!
        .failures()
        .map(({ path }) => path),
    );
    expect(paths).to.deep.equal([["/one"], ["/two"]]);
  });
});
