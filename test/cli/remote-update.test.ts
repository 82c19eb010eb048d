import { expect } from "chai";
import { RemoteUpdate } from "../../lib/cli/remote-update.ts";
import type { GroupRecord, UpdateRecord } from "../../lib/progress/update-record.ts";
import { createSnapshot } from "../snapshots.ts";

describe("RemoteUpdate", () => {
  it("has been shown when it is over, also with groups that its last record does not list (bug: it was waited for for ever)", async () => {
    const ends: string[] = [];
    const update = new RemoteUpdate("app", async (report) => {
      for await (const { final } of report.watch()) if (final) ends.push(report.title ?? "own");
    });
    const group = (index: number, final: boolean): GroupRecord => {
      return { index, title: `group ${index}`, startedAt: "", snapshot: createSnapshot({ final }) };
    };
    const record: UpdateRecord = {
      id: "1",
      app: "app",
      kind: "update",
      startedAt: new Date(0).toISOString(),
      endedAt: null,
      status: "running",
      error: null,
      snapshot: createSnapshot(),
      groups: [group(0, false), group(1, false)],
      failures: [],
    };
    update.takeRecord(record, 0);
    const end = { ...record, snapshot: createSnapshot({ final: true }), endedAt: new Date(1).toISOString() };
    update.takeRecord({ ...end, groups: [group(1, true)] }, 0);
    await update.shown();
    expect(ends.toSorted()).to.deep.equal(["group 0", "group 1", "own"]);
  });
});
