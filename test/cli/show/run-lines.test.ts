import { expect } from "chai";
import { renderRuns } from "../../../lib/cli/show/run-lines.ts";
import { createComponentStats } from "../../../lib/progress/schema/stats.ts";
import type { FailureRecord, UpdateRecord } from "../../../lib/progress/record/update-record.ts";
import { createSnapshot } from "../../snapshots.ts";

describe("renderRuns", () => {
  function createRecord(changes: Partial<UpdateRecord> = {}): UpdateRecord {
    const total = createComponentStats([5, 1, 2, 0, 0, 2], 0);
    return {
      id: "1",
      app: "docs",
      kind: "update",
      startedAt: new Date(2026, 10, 24, 2, 39, 21).toISOString(),
      endedAt: new Date(2026, 10, 24, 2, 39, 25, 300).toISOString(),
      status: "ready",
      error: null,
      snapshot: createSnapshot({ final: true, stats: { byComponent: {}, total } }),
      groups: [],
      failures: [],
      ...changes,
    };
  }

  function fail(path: string, message: string, cause: string): FailureRecord {
    return { component: "doc", path, group: null, error: { name: "TypeError", message, stack: null }, cause, at: "" };
  }

  it("gives each a line with when, what, how it ended, how long it took and what it counted", () => {
    expect(renderRuns([createRecord()])).to.deep.equal([
      "2026-11-24 02:39:21  docs  done, with failures  4.3 s  5 total | 2 added, 1 unchanged, 2 errors",
    ]);
  });

  it("adds the counts of groups", () => {
    const { snapshot } = createRecord();
    const groups = [{ index: 0, title: "a", startedAt: "", snapshot }];
    expect(renderRuns([createRecord({ groups })])[0]).to.match(
      /10 total \| 4 added, 2 unchanged, 4 errors, in 1 group$/,
    );
  });

  it("adds the counts of groups that are only there as a sum", () => {
    const { snapshot } = createRecord();
    const forgotten = { numGroups: 1500, total: createComponentStats([3000, 3000, 0, 0, 0, 0], 0) };
    const groups = [{ index: 1500, title: "a", startedAt: "", snapshot }];
    expect(renderRuns([createRecord({ groups, forgotten })])[0]).to.match(
      /3,010 total \| 4 added, 3,002 unchanged, 4 errors, in 1,501 groups$/,
    );
  });

  it("lists failures by cause, the most frequent first", () => {
    const failures = [
      fail("/once", "no header", "TypeError: no header"),
      fail("/a", "row 7 is bad", "TypeError: row … is bad"),
      fail("/b", "row 8 is bad", "TypeError: row … is bad"),
    ];
    expect(renderRuns([createRecord({ failures })]).slice(1)).to.deep.equal([
      "  ✗ 2 times TypeError: row … is bad (first at /a)",
      "  ✗ TypeError: no header (/once)",
    ]);
  });

  it("shows the error that ended a run, once", () => {
    const error = { name: "TypeError", message: "no bucket", stack: null };
    const failures = [fail("/", "no bucket", "TypeError: no bucket")];
    const lines = renderRuns([createRecord({ status: "failed", error, failures })]);
    expect(lines[0]).to.include("docs  failed  4.3 s");
    expect(lines.slice(1)).to.deep.equal(["  ✗ TypeError: no bucket"]);
  });

  it("prints names and messages as text", () => {
    const [line] = renderRuns([createRecord({ app: "\u001b[31mred\nline" })]);
    expect(line).to.include("red line").and.not.to.include("\u001b");
  });
});
