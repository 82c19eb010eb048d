import { expect } from "chai";
import fc from "fast-check";
import { setImmediate } from "node:timers/promises";
import type { Cell } from "../../lib/progress/cell.ts";
import type { Report } from "../../lib/progress/report.ts";
import { BEAT_MS, Tally } from "../../lib/progress/tally.ts";
import { countsOf } from "../counts.ts";
import { FakeClock } from "../fake-clock.ts";
import { usedHeap } from "../used-heap.ts";

describe("Tally", () => {
  let clock: FakeClock;
  let tally: Tally;

  beforeEach(() => {
    clock = new FakeClock();
    tally = new Tally({ clock });
  });

  function open(): Report {
    return tally.open({ app: "app", title: null });
  }

  describe("beats", () => {
    it("schedules nothing while nothing counts", () => {
      open().cell("doc");
      expect(clock.due).to.deep.equal([]);
    });

    it("beats at once after quiet, then 20 ms after the last beat", async () => {
      const report = open();
      const cell = report.cell("doc");
      clock.advance(1000);
      cell.start();
      expect(clock.due).to.deep.equal([1000]);
      await beat(report, 0);
      expect(report.version).to.equal(1);
      cell.finish("adds");
      expect(clock.due).to.deep.equal([1000 + BEAT_MS]);
      clock.advance(BEAT_MS - 1);
      await setImmediate();
      expect(report.version, "not before its time").to.equal(1);
      await beat(report, 1);
      expect(report.version).to.equal(2);
      clock.advance(500);
      cell.start();
      expect(clock.due, "after quiet again").to.deep.equal([clock.now()]);
    });

    it("beats once for all that was counted since the last beat", async () => {
      const report = open();
      for (let index = 0; index < 1000; index++) report.cell(`doc ${index % 7}`).hit();
      expect(clock.due).to.deep.equal([0]);
      await beat(report, 0);
      expect(report.version).to.equal(1);
      expect(clock.due).to.deep.equal([]);
    });

    it("beats again for counts that come during a beat", async () => {
      const report = open();
      const cell = report.cell("doc");
      cell.start();
      clock.advance(0);
      cell.finish("adds");
      await setImmediate();
      expect(clock.due).to.deep.equal([BEAT_MS]);
      await beat(report, BEAT_MS);
      expect(report.snapshot().stats.total.numAdds).to.equal(1);
    });

    it("notes when something last finished, memo hits included, and no starts", async () => {
      const report = open();
      const cell = report.cell("doc");
      clock.advance(1000);
      cell.start();
      await beat(report, 0);
      expect(report.snapshot().lastFinishedMs).to.equal(null);
      cell.hit();
      await beat(report, 500);
      expect(report.snapshot().lastFinishedMs).to.equal(1000 + BEAT_MS);
      cell.start();
      await beat(report, 0);
      expect(report.snapshot().lastFinishedMs).to.equal(1000 + BEAT_MS);
      cell.finish("errors");
      await beat(report, BEAT_MS);
      expect(report.snapshot().lastFinishedMs).to.equal(1500 + BEAT_MS);
    });

    it("shows that a listing has ended, although nothing was counted", async () => {
      const report = open();
      report.openListing();
      report.cell("doc").hit();
      await beat(report, 0);
      expect(report.snapshot().isListing).to.equal(true);
      report.closeListing();
      await beat(report, BEAT_MS);
      expect(report.snapshot().isListing).to.equal(false);
    });

    it("lets a crowd of watchers look less often, and misses nothing", async () => {
      const report = open();
      const cell = report.cell("doc");
      let numLooks = 0;
      const watch = (): void => {
        const look = (): void => {
          numLooks++;
          report.onNextChange(look);
        };
        report.onNextChange(look);
      };
      for (let index = 0; index < 1000; index++) watch();
      for (let time = 0; time < 1000; time += BEAT_MS) {
        cell.hit();
        clock.advance(time === 0 ? 0 : BEAT_MS);
        await setImmediate();
      }
      // A twentieth of a millisecond for each: every third beat, at 0, 60, 120 ms and so on.
      expect(numLooks).to.equal(17_000);
      for (let time = 0; time < 60; time += BEAT_MS) {
        clock.advance(BEAT_MS);
        await setImmediate();
      }
      expect(numLooks, "the last change is not held back for ever").to.equal(18_000);
      expect(report.snapshot().stats.total.numUnchanged).to.equal(50);
      expect(clock.due, "nothing is left to tell").to.deep.equal([]);
    });

    it("wakes the watchers of the reports that changed, and no others", async () => {
      const [changed, quiet] = [open(), open()];
      changed.cell("doc").hit();
      await beat(changed, 0);
      expect([changed.version, quiet.version]).to.deep.equal([1, 0]);
    });
  });

  describe("numbers", () => {
    it("are exact at once, during a beat and after it", async () => {
      const cell = open().cell("doc");
      cell.start();
      expect(countsOf(cell.stats())).to.deep.equal({ starts: 1 });
      clock.advance(0);
      expect(countsOf(cell.stats())).to.deep.equal({ starts: 1 });
      cell.finish("errors");
      expect(countsOf(cell.stats())).to.deep.equal({ starts: 1, errors: 1 });
      await tally.flush();
      expect(countsOf(cell.stats())).to.deep.equal({ starts: 1, errors: 1 });
    });

    it("are those of a plain sum, whatever is counted and whenever it beats", async () => {
      const step = fc.constantFrom(
        "start",
        "hit",
        "adds",
        "deletes",
        "reprocesses",
        "errors",
        "cancel",
        "beat",
        "turn",
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
          const report = open();
          const cell = report.cell("doc");
          const model = { starts: 0, unchanged: 0, adds: 0, deletes: 0, reprocesses: 0, errors: 0 };
          for (const name of steps) {
            if (name === "beat") clock.advance(BEAT_MS);
            else if (name === "turn") await setImmediate();
            else countStep(cell, model, name);
            const { numExecutionStarts, numUnchanged, numAdds, numDeletes, numReprocesses, numErrors } =
              report.stats().total;
            expect([numExecutionStarts, numUnchanged, numAdds, numDeletes, numReprocesses, numErrors]).to.deep.equal(
              Object.values(model),
            );
          }
          await tally.close(report);
        }),
        { numRuns: 60 },
      );
    });

    it("of a component are kept apart by report", async () => {
      const [first, second] = [open(), open()];
      first.cell("doc").hit();
      second.cell("doc").start();
      await tally.flush();
      second.cell("doc").start();
      await tally.flush();
      expect(countsOf(first.stats().total)).to.deep.equal({ starts: 1, unchanged: 1 });
      expect(countsOf(second.stats().total)).to.deep.equal({ starts: 2 });
    });

    it("of a closed report stay readable", async () => {
      const report = open();
      report.cell("doc").hit();
      await tally.close(report);
      expect(countsOf(report.stats().total)).to.deep.equal({ starts: 1, unchanged: 1 });
    });
  });

  describe("flush", () => {
    it("hands over without waiting for the clock", async () => {
      const report = open();
      report.cell("doc").hit();
      await tally.flush();
      expect(report.version).to.equal(1);
      expect(clock.due).to.deep.equal([]);
    });

    it("includes counts that came during a beat", async () => {
      const report = open();
      const cell = report.cell("doc");
      cell.start();
      clock.advance(0);
      cell.finish("adds");
      await Promise.all([tally.flush(), tally.flush()]);
      expect(report.snapshot().stats.total.numAdds).to.equal(1);
      expect(report.version).to.equal(2);
    });

    it("settles although others go on counting", async () => {
      const busy = open().cell("busy");
      const ending = open();
      ending.cell("doc").hit();
      let flushedAfter: number | undefined;
      let numTurns = 0;
      const flushed = tally.flush().then(() => (flushedAfter = numTurns));
      for (; numTurns < 10_000; numTurns++) {
        busy.start();
        await Promise.resolve();
      }
      expect(flushedAfter).to.be.lessThan(10_000);
      await flushed;
      expect(ending.version).to.equal(1);
    });
  });

  it("leaves nothing behind of reports that have ended", async function () {
    this.timeout(60_000);
    await openAndClose(5000);
    const before = await usedHeap();
    await openAndClose(20_000);
    expect((await usedHeap()) - before).to.be.lessThan(1_000_000);
  });

  /** Goes on by `ms`, to the end of the beat that becomes due. */
  async function beat(report: Report, ms: number): Promise<void> {
    const change = new Promise<void>((resolve) => report.onNextChange(resolve));
    clock.advance(ms);
    await change;
    await setImmediate();
  }

  async function openAndClose(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const report = open();
      report.cell("doc").hit();
      await tally.close(report);
    }
  }
});

type Model = Record<"starts" | "unchanged" | "adds" | "deletes" | "reprocesses" | "errors", number>;

function countStep(
  cell: Cell,
  model: Model,
  step: "start" | "hit" | "cancel" | "adds" | "deletes" | "reprocesses" | "errors",
): void {
  if (step === "cancel") {
    model.starts--;
    cell.cancel();
    return;
  }
  if (step === "start" || step === "hit") model.starts++;
  if (step === "hit") model.unchanged++;
  else if (step !== "start") model[step]++;
  if (step === "start") cell.start();
  else if (step === "hit") cell.hit();
  else cell.finish(step);
}
