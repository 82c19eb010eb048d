import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import {
  LiveMap,
  mount,
  mountEach,
  showProgress,
  UpdateHandle,
  UpdateStatus,
  type UpdateSnapshot,
} from "../../lib/index.ts";
import { collectStdout } from "../collect-stdout.ts";
import { countsByComponent, countsOf } from "../counts.ts";
import { LiveWatch } from "../engine/live/live-watch.ts";
import { collect, usePipeline, pairs } from "./pipeline.ts";

describe("The specification of progress monitoring", () => {
  const { createApp, openGate, processDoc, processSlowly } = usePipeline();

  describe("Structured update stats", () => {
    it("app.update() returns an UpdateHandle; besides being awaitable, it exposes the same stats that drive the terminal display, as objects you can read while the update runs", async () => {
      const handle = createApp(async () => {
        await mountEach(processDoc, pairs("a", "b"));
        return "value";
      }).update();
      expect(handle).to.be.instanceOf(UpdateHandle);
      const printed = await collectStdout(async () => {
        expect(await showProgress(handle)).to.equal("value");
      });
      expect(await handle).to.equal("value");
      const { numExecutionStarts, numAdds } = handle.stats()!.byComponent["processDoc"]!;
      expect(printed).to.include(`processDoc: ${numExecutionStarts} total | ${numAdds} added\n`);
    });
  });

  describe("Polling", () => {
    it("handle.stats() returns a snapshot of the current counters as an UpdateStats", async () => {
      const handle = createApp(async () => {
        await (await mount("a", processDoc, "a")).ready();
        const before = handle.stats();
        await (await mount("b", processDoc, "b")).ready();
        expect(before?.byComponent["processDoc"]?.numAdds, "a snapshot").to.equal(1);
        expect(handle.stats()?.byComponent["processDoc"]?.numAdds, "the current counters").to.equal(2);
      }).update();
      await handle;
    });

    it("... or null before the handle has started running", () => {
      expect(
        createApp(() => {})
          .update()
          .stats(),
      ).to.equal(null);
    });

    it("It keeps working after completion, returning the final stats", async () => {
      const handle = createApp(() => mountEach(processDoc, pairs("a", "broken"))).update();
      await handle.result();
      expect(countsByComponent(handle.stats())).to.deep.equal({
        main: { starts: 1, adds: 1 },
        processDoc: { starts: 2, adds: 1, errors: 1 },
      });
    });

    it("app.update() starts lazily: the handle begins running on the first await (or watch()), so stats() returns null until then", async () => {
      let numRuns = 0;
      const app = createApp(() => numRuns++);
      const [awaited, watched] = [app.update(), app.update()];
      for (let turn = 0; turn < 5; turn++) await setImmediate();
      expect([numRuns, awaited.stats(), watched.stats()]).to.deep.equal([0, null, null]);
      await awaited;
      expect([numRuns, awaited.stats()?.total.numFinished, watched.stats()]).to.deep.equal([1, 1, null]);
      await collect(watched);
      expect([numRuns, watched.stats()?.total.numFinished]).to.deep.equal([2, 1]);
    });

    it("To read stats while an update is in flight, poll handle.stats() from a separate task", async () => {
      const handle = createApp(() => mount(processSlowly)).update();
      const poll = async (): Promise<void> => {
        while (handle.stats()?.byComponent["processSlowly"]?.numInProgress !== 1) await setImmediate();
        openGate();
      };
      await Promise.all([handle, poll()]);
      expect(handle.stats()?.total.numInProgress).to.equal(0);
    });
  });

  describe("Streaming", () => {
    it("handle.watch() is an async iterator that yields an UpdateSnapshot whenever the stats change: RUNNING while processing, then a final READY snapshot carrying the result", async () => {
      const handle = createApp(async () => {
        await (await mount("a", processDoc, "a")).ready();
        await (await mount(processSlowly)).ready();
        return "value";
      }).update();
      const seen = await collect(handle, ({ stats }) => {
        if (stats.byComponent["processSlowly"]?.numInProgress === 1) openGate();
      });
      const last = seen.pop();
      expect(seen.length).to.be.at.least(1);
      for (const { status, result } of seen) expect([status, result]).to.deep.equal([UpdateStatus.RUNNING, null]);
      for (const [index, { stats }] of seen.entries()) expect(stats).not.to.equal(seen[index - 1]?.stats);
      expect([last?.status, last?.result, last?.final]).to.deep.equal([UpdateStatus.READY, "value", true]);
    });

    it("snapshot.status is UpdateStatus.RUNNING or UpdateStatus.READY", async () => {
      const seen = await collect(createApp(() => mountEach(processDoc, pairs("a", "b"))).update());
      for (const { status } of seen) expect(status).to.be.oneOf([UpdateStatus.RUNNING, UpdateStatus.READY]);
    });

    it("snapshot.result is set on the final snapshot, when the iterator ends", async () => {
      const handle = createApp(() => 42).update();
      const iterator = handle.watch()[Symbol.asyncIterator]();
      let step = await iterator.next();
      while (step.done !== true && step.value.result === null) step = await iterator.next();
      expect(step.value).to.deep.include({ result: 42, final: true });
      expect((await iterator.next()).done).to.equal(true);
    });

    it("In live mode, watch() does not stop at the first READY: it keeps yielding RUNNING snapshots as live components deliver incremental updates, ending only when the app stops", async () => {
      const docs = new LiveMap([["a", "a"]]);
      const handle = createApp(async () => {
        await mountEach(processDoc, docs);
        return "value";
      }).update({ live: true });
      const watch = new LiveWatch(handle);
      await watch.untilReady(1);
      for (const [index, text] of ["b", "c"].entries()) {
        docs.set("a", text);
        await watch.untilReady(2 + index);
      }
      expect(watch.last).to.include({ final: false, result: null });
      await handle.stop();
      await watch.ended;
      const fromReady = watch.statuses.slice(watch.statuses.indexOf("ready"));
      expect(fromReady).to.deep.equal(["ready", "running", "ready", "running", "ready", "READY"]);
      expect(watch.last).to.include({ final: true, result: "value" });
    });

    it("On a processing error, watch() raises the exception directly: handle it with a normal try/catch around the loop", async () => {
      const error = new Error("boom");
      const handle = createApp(async () => {
        await mount("a", processDoc, "a");
        throw error;
      }).update();
      let caught: unknown;
      try {
        for await (const snapshot of handle.watch()) expect(snapshot.final).to.equal(false);
      } catch (thrown) {
        caught = thrown;
      }
      expect(caught).to.equal(error);
    });
  });

  describe("Stats types", () => {
    let last: UpdateSnapshot;

    beforeEach(async () => {
      await createApp(() => mountEach(processDoc, pairs("same", "gone"))).update();
      const seen = await collect(createApp(() => mountEach(processDoc, pairs("same", "new", "broken"))).update());
      last = seen.at(-1)!;
    });

    it("UpdateStats.byComponent: keyed by processor name", () => {
      expect(Object.keys(last.stats.byComponent)).to.have.members(["main", "processDoc"]);
    });

    it("UpdateStats.total: summed across all processors", () => {
      const { byComponent, total } = last.stats;
      for (const [field, value] of Object.entries(total)) {
        const sum = Object.values(byComponent).reduce((all, stats) => all + stats[field as keyof typeof stats], 0);
        expect(value, field).to.equal(sum);
      }
    });

    it("ComponentStats: numExecutionStarts, numUnchanged, numAdds, numDeletes, numReprocesses, numErrors", () => {
      const [main, doc] = [last.stats.byComponent["main"], last.stats.byComponent["processDoc"]];
      expect(countsOf(doc)).to.deep.equal({ starts: 4, unchanged: 1, adds: 1, deletes: 1, errors: 1 });
      expect(countsOf(main)).to.deep.equal({ starts: 1, reprocesses: 1 });
    });

    it("numProcessed: unchanged + adds + deletes + reprocesses", () => {
      expect(last.stats.byComponent["processDoc"]?.numProcessed).to.equal(3);
      expect(last.stats.total.numProcessed).to.equal(4);
    });

    it("numFinished: numProcessed + numErrors", () => {
      expect(last.stats.byComponent["processDoc"]?.numFinished).to.equal(4);
      expect(last.stats.total.numFinished).to.equal(5);
    });

    it("numInProgress: max(0, numExecutionStarts - numFinished)", async () => {
      expect(last.stats.total.numInProgress).to.equal(0);
      let most = 0;
      const seen = await collect(createApp(() => mount(processSlowly)).update(), ({ stats: { total } }) => {
        most = Math.max(most, total.numInProgress);
        if (total.numInProgress === 2) openGate();
      });
      expect(most, "main and the slow one; what the run before had is being deleted later").to.be.at.least(2);
      for (const { stats } of seen) {
        const { numExecutionStarts, numFinished, numInProgress } = stats.total;
        expect(numInProgress).to.equal(Math.max(0, numExecutionStarts - numFinished));
      }
    });

    it("UpdateSnapshot: stats, status (RUNNING | READY), result (set only on the final snapshot); frozen, and every field is in its JSON", () => {
      for (const value of [last, last.stats, last.stats.byComponent, last.stats.total]) {
        expect(Object.isFrozen(value)).to.equal(true);
      }
      const { stats, status, result } = JSON.parse(JSON.stringify({ ...last, result: "value" })) as typeof last;
      expect([status, result]).to.deep.equal(["ready", "value"]);
      const counters = ["numExecutionStarts", "numUnchanged", "numAdds", "numDeletes", "numReprocesses", "numErrors"];
      const fields = [...counters, "numProcessed", "numFinished", "numInProgress"];
      for (const component of [stats.total, ...Object.values(stats.byComponent)]) {
        expect(component).to.include.all.keys(...fields);
      }
      expect(stats.total).to.deep.equal(last.stats.total);
    });
  });
});
