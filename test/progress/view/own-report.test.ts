import { expect } from "chai";
import type { FollowableReport } from "../../../lib/progress/followable-report.ts";
import { ownReport, provideOwnReport } from "../../../lib/progress/view/own-report.ts";
import { FakeClock } from "../../fake-clock.ts";
import { FakeSource } from "../../report/fake-source.ts";

describe("ownReport", () => {
  it("is the report that was registered for the handle", () => {
    const handle: Pick<FollowableReport, "watch" | "failures"> = new FakeSource(new FakeClock());
    const report = new FakeSource(new FakeClock());
    provideOwnReport(handle, report);
    expect(ownReport(handle)).to.equal(report);
  });

  it("is made of the handle where none was registered", async () => {
    const handle = new FakeSource(new FakeClock(), "Docs");
    await handle.countFailure(new Error("boom"), "/1");
    await handle.end();
    const report = ownReport(handle);
    expect(report).to.include({ app: null, title: null });
    expect(report.stats()).to.equal(null);
    expect(report.failures()).to.deep.equal(handle.failures());
    let numSeen = 0;
    for await (const _snapshot of report.watch()) numSeen++;
    expect(numSeen).to.equal(1);
  });
});
