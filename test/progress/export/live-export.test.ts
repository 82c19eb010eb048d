import { expect } from "chai";
import type { Freshness } from "../../../lib/progress/freshness.ts";
import type { RunResult } from "../../../lib/progress/export/run-export.ts";
import { Tally } from "../../../lib/progress/tally.ts";
import { createMetricHost, type MetricHost } from "../../app/metric-host.ts";
import { FakeClock } from "../../fake-clock.ts";

const DAY_MS = 86_400_000;

describe("The exported last success of a live run", () => {
  let clock: FakeClock;
  let host: MetricHost;
  let freshness: Freshness;
  let end: (result: RunResult) => Promise<void>;

  beforeEach(() => {
    clock = new FakeClock();
    host = createMetricHost();
    const tally = new Tally({ clock });
    const options = { app: "app", environment: {}, isUpdate: true, isLive: true, slotLimit: 4 };
    const run = tally.begin(options, host.provider);
    const report = tally.open({ app: "app", title: null, run });
    ({ freshness } = report);
    end = async (result) => {
      await tally.close(report);
      tally.end(run, result);
    };
  });

  afterEach(() => host[Symbol.asyncDispose]());

  async function lastSuccess(): Promise<number | undefined> {
    const points = await host.collect();
    return points.find(({ name }) => name === "tidemark.run.last_success.timestamp")?.value;
  }

  const fail = (source: object): void => {
    const at = clock.date();
    freshness.fail(source, { component: "c", path: "/", message: "gone", since: at, numFailures: 1, retryAt: at });
  };

  it("is now while nothing happens (bug: it was the time of the last change, and an alert fired for every quiet run)", async () => {
    expect(await lastSuccess(), "not caught up").to.equal(undefined);
    freshness.catchUp();
    clock.advance(DAY_MS);
    expect(await lastSuccess()).to.equal(DAY_MS / 1000);
    clock.advance(DAY_MS);
    expect(await lastSuccess()).to.equal((2 * DAY_MS) / 1000);
  });

  it("stands still while a change is pending, and while a source fails", async () => {
    freshness.catchUp();
    clock.advance(1000);
    const change = { at: clock.date() };
    expect(await lastSuccess()).to.equal(1);
    freshness.add(change);
    clock.advance(1000);
    expect(await lastSuccess()).to.equal(1);
    freshness.remove(change);
    clock.advance(1000);
    expect(await lastSuccess()).to.equal(3);
    const source = {};
    fail(source);
    clock.advance(DAY_MS);
    expect(await lastSuccess()).to.equal(3);
    freshness.recover(source);
    expect(await lastSuccess()).to.equal(3 + DAY_MS / 1000);
  });

  for (const result of ["success", "cancelled"] as const) {
    it(`is the end of a run that was caught up and ended with ${result}, and stays`, async () => {
      freshness.catchUp();
      clock.advance(5000);
      await end(result);
      clock.advance(DAY_MS);
      expect(await lastSuccess()).to.equal(5);
    });

    it(`is not the end of a run with a source that fails and that ended with ${result}`, async () => {
      freshness.catchUp();
      fail({});
      clock.advance(5000);
      await end(result);
      expect(await lastSuccess()).to.equal(0);
    });
  }
});
