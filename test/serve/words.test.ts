import { expect } from "chai";
import { createComponentStats } from "../../lib/progress/schema/stats.ts";
import { groupByCause } from "../../lib/serve/page/group-by-cause.ts";
import { RateMeter } from "../../lib/serve/page/rate-meter.ts";
import { Throughput } from "../../lib/serve/page/throughput.ts";
import { describeCounts, describeProgress, describeRemaining, formatRate } from "../../lib/serve/page/words.ts";

describe("the words of the live page", () => {
  const remaining = { numDone: 812, numFound: 2040, percent: null, timeMs: null };

  it("give a share only of a total that is final", () => {
    expect(describeProgress(remaining, true)).to.equal("812 done, at least 2,040 found, still listing");
    expect(describeProgress({ ...remaining, percent: 39 }, false)).to.equal("812 of 2,040 done, 39 %");
    expect(describeProgress({ ...remaining, numDone: 2040 }, false)).to.equal("2,040 done");
  });

  it("give the time that is left as a range, or not at all", () => {
    expect(describeRemaining(remaining)).to.equal(undefined);
    expect(describeRemaining({ ...remaining, timeMs: { low: 3000, high: 5000 } })).to.equal("3 to 5 s left");
  });

  it("give rates in a unit that suits them", () => {
    expect([1204.4, 10, 3.24, 0.5, 0].map(formatRate)).to.deep.equal(["1,204/s", "10/s", "3.2/s", "30/min", "0/min"]);
  });

  it("leave out counts that are 0", () => {
    expect(describeCounts(createComponentStats([9, 4, 0, 0, 1, 2], 3))).to.equal(
      "4 unchanged, 1 reprocessed, 2 failed, 2 in progress, 3 queued",
    );
    expect(describeCounts(createComponentStats([], 0))).to.equal("nothing yet");
  });
});

describe("RateMeter", () => {
  it("gives no rate in the first second, then the rate of the last ten", () => {
    const meter = new RateMeter();
    meter.take(0, 0);
    expect(meter.perSecond(5, 900)).to.equal(null);
    expect(meter.perSecond(10, 1000)).to.equal(10);
    for (let second = 1; second <= 30; second++) meter.take(second <= 20 ? second * 10 : 200, second * 1000);
    expect(meter.perSecond(200, 30_000), "nothing came lately").to.equal(0);
    expect(meter.perSecond(250, 30_000)).to.equal(5);
  });
});

describe("Throughput", () => {
  it("shows a minute at least, and all there is (a bug once: a day, while there was one second)", () => {
    const throughput = new Throughput();
    expect(throughput.window(500_000)).to.deep.equal([440, 500]);
    throughput.take(0, 1_000_000);
    throughput.take(5, 1_001_000);
    expect(throughput.window(1_001_500)).to.deep.equal([941, 1001]);
    throughput.take(9, 1_101_000);
    expect(throughput.window(1_101_500)).to.deep.equal([1001, 1101]);
  });

  it("has the number of finished components in each second since the first look", () => {
    const throughput = new Throughput();
    for (const [count, nowMs] of [
      [100, 1000],
      [130, 2000],
      [130, 2900],
      [150, 4000],
    ] as const) {
      throughput.take(count, nowMs);
    }
    expect(throughput.rows).to.deep.equal([
      [2, 4],
      [30, 10],
    ]);
  });

  it("keeps five minutes", () => {
    const throughput = new Throughput();
    for (let second = 0; second <= 400; second++) throughput.take(second, second * 1000);
    expect(throughput.rows.map(({ length }) => length)).to.deep.equal([300, 300]);
  });
});

describe("groupByCause", () => {
  function fail(message: string, cause: string): Parameters<typeof groupByCause>[0][number] {
    return { component: "c", path: "/", group: null, error: { name: "Error", message, stack: null }, cause, at: "" };
  }

  it("puts the most frequent first, with the message where all have the same", () => {
    const causes = groupByCause([fail("a", "A"), fail("b 1", "B …"), fail("b 2", "B …")]);
    expect(causes.map(({ failures, message }) => [message, failures.length])).to.deep.equal([
      ["B …", 2],
      ["a", 1],
    ]);
  });
});
