import { expect } from "chai";
import { AttributeBounds } from "../../lib/progress/export/attribute-bounds.ts";
import { toFollowable } from "../../lib/progress/followable-report.ts";
import { Report } from "../../lib/progress/report.ts";
import type { UpdateSnapshot } from "../../lib/progress/schema/stats.ts";
import { FakeClock } from "../fake-clock.ts";

describe("toFollowable", () => {
  it("has the names, the counts, the failures and the end of the report", async () => {
    const bounds = new AttributeBounds("app");
    const report = new Report({ id: "1", app: "app", title: "Docs", clock: new FakeClock(), touch: () => {}, bounds });
    const followable = toFollowable(report);
    report.cell("doc").hit();
    report.recordFailure({ component: "doc", path: "/1", error: new Error("boom") });
    expect(followable).to.include({ app: "app", title: "Docs" });
    expect(followable.stats()).to.equal(report.stats());
    expect(followable.failures()).to.deep.equal(report.failures());
    report.complete("value");
    const seen: UpdateSnapshot[] = [];
    for await (const snapshot of followable.watch()) seen.push(snapshot);
    expect(seen).to.deep.equal([report.snapshot()]);
  });
});
