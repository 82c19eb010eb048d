import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import { RunObservation } from "../../../lib/cli/show/run-observation.ts";
import type { FollowableReport } from "../../../lib/progress/followable-report.ts";
import { FakeClock } from "../../fake-clock.ts";
import { createStats } from "../../report/views.ts";
import { FakeSource } from "../../report/fake-source.ts";
import { collectGarbage } from "../../used-heap.ts";

/** A report that the test ends. */
function observe(observation: RunObservation, title: string | null): FakeSource {
  const source = new FakeSource(new FakeClock(), title);
  const report: FollowableReport = {
    app: "a",
    title,
    stats: () => createStats({ doc: [2, 0, 1, 0, 0, 1] }),
    watch: () => source.watch(),
    failures: () => source.failures(),
  };
  observation.add(report);
  return source;
}

describe("RunObservation", () => {
  it("counts groups in progress and groups that have ended", async () => {
    const observation = new RunObservation();
    const [run, group] = [observe(observation, null), observe(observation, "Docs")];
    expect(observation.numErrors).to.equal(2);
    await group.complete();
    expect(observation.numErrors).to.equal(2);
    expect(observation.counts.rows.map(({ title }) => title)).to.deep.equal(["Docs"]);
    await run.fail(new Error("boom"));
    await observation.ended();
    expect(observation.numErrors).to.equal(2);
    expect(observation.counts.rows.map(({ title }) => title)).to.deep.equal(["Docs", null]);
  });

  it("waits for groups that are opened while it waits", async () => {
    const observation = new RunObservation();
    const run = observe(observation, null);
    const ended = observation.ended();
    const group = observe(observation, "Docs");
    await run.complete();
    expect(await Promise.race([ended, turn("waiting")])).to.equal("waiting");
    await group.complete();
    await ended;
  });

  it("holds on to no group that has ended, however long the run lasts (a leak once)", async () => {
    const observation = new RunObservation();
    const run = observe(observation, null);
    const groups: WeakRef<object>[] = [];
    for (let index = 0; index < 100; index++) {
      const group = observe(observation, "Section");
      groups.push(new WeakRef(group));
      await group.complete();
    }
    await turn();
    await collectGarbage();
    expect(groups.filter((group) => group.deref() !== undefined)).to.have.lengthOf.at.most(1);
    expect(observation.numErrors).to.equal(101);
    await run.complete();
    await observation.ended();
  });
});
