import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { LiveMap, mount, mountEach, statsGroup, UpdateStatus, type StatsGroupHandle } from "../../lib/index.ts";
import { countsByComponent, countsOf } from "../counts.ts";
import { LiveWatch } from "../engine/live/live-watch.ts";
import { collect, usePipeline, pairs } from "./pipeline.ts";

describe("The specification of progress monitoring, Semantics", () => {
  const { createApp, openGate, processCode, processDoc, processSlowly, target, test } = usePipeline();

  describe("Synchronous and non-blocking", () => {
    it("It's a regular block (`using`, not `await using`), even though the body awaits mounts", async () => {
      await createApp(async () => {
        using group = statsGroup("Docs");
        expect(Symbol.asyncDispose in group).to.equal(false);
        await mount("a", processDoc, "a");
        await mountEach(processDoc, pairs("b"));
        expect(group[Symbol.dispose]()).to.equal(undefined);
      }).update();
    });

    it("Leaving the block does not wait for the work to finish: it only marks where member registration stops", async () => {
      let group: StatsGroupHandle | undefined;
      const handle = createApp(async () => {
        await statsGroup("Docs", async (opened) => {
          group = opened;
          await mount(processSlowly);
        });
        expect(group?.stats()?.total.numInProgress, "left while it works").to.equal(1);
        await mount("after", processDoc, "a");
        openGate();
      }).update();
      await handle;
      expect(countsByComponent(group!.stats())).to.deep.equal({ processSlowly: { starts: 1, adds: 1 } });
      expect(handle.stats()?.byComponent["processDoc"]?.numAdds).to.equal(1);
    });

    it("The group becomes READY asynchronously once the block has exited and every component mounted inside it is ready", async () => {
      await createApp(async () => {
        const log: string[] = [];
        let watching: Promise<unknown> | undefined;
        await statsGroup("Docs", async (group) => {
          watching = collect(group, ({ status }) => log.push(status));
          await (await mount("a", processDoc, "a")).ready();
          await mount(processSlowly);
          for (let turn = 0; turn < 5; turn++) await setImmediate();
          log.push("exit");
        });
        for (let turn = 0; turn < 5; turn++) await setImmediate();
        expect(log, "exited, but a member is not ready").not.to.include("ready");
        openGate();
        await watching;
        expect(log.indexOf("ready")).to.be.greaterThan(log.indexOf("exit"));
        expect(log.at(-1)).to.equal("ready");
      }).update();
    });

    it("... observe that via group.watch() / group.stats()", async () => {
      await createApp(async () => {
        const group = await statsGroup("Docs", async (opened) => {
          await mountEach(processDoc, pairs("a", "b"));
          return opened;
        });
        expect((await collect(group)).at(-1)?.status).to.equal(UpdateStatus.READY);
        expect(group.stats()?.total).to.deep.include({ numFinished: 2, numInProgress: 0 });
      }).update();
    });
  });

  describe("Identity is unchanged. Grouping only redirects where stats are reported", () => {
    async function pathsOnRecord(): Promise<string[]> {
      const paths: string[] = [];
      for await (const { path } of test.environment.components("app")) paths.push(path);
      return paths;
    }

    /** Updates with a component for each text, in a group or not; gives what the run and the group counted. */
    async function update(isGrouped: boolean, ...texts: string[]): Promise<readonly unknown[]> {
      let group: StatsGroupHandle | undefined;
      const handle = createApp(async () => {
        if (!isGrouped) return mountEach(processCode, pairs(...texts));
        return statsGroup("Code", (opened) => {
          group = opened;
          return mountEach(processCode, pairs(...texts));
        });
      }).update();
      await handle;
      return [countsOf(handle.stats()?.byComponent["processCode"]), countsOf(group?.stats()?.total)];
    }

    it("Component paths ... are unaffected", async () => {
      const pathsOf = async (isGrouped: boolean): Promise<readonly string[]> => {
        await update(isGrouped, "a", "b");
        return pathsOnRecord();
      };
      expect(await pathsOf(true)).to.deep.equal(await pathsOf(false));
    });

    it("... change detection ...", async () => {
      await update(false, "a", "b");
      expect(await update(true, "a", "b", "c")).to.deep.equal([{}, { starts: 3, unchanged: 2, adds: 1 }]);
      expect(await update(false, "a", "b", "c")).to.deep.equal([{ starts: 3, unchanged: 3 }, {}]);
    });

    it("... target-state ownership ...", async () => {
      await update(true, "a", "b");
      expect([...target.outside.keys()]).to.have.members(["a", "b"]);
      expect(await update(false, "a")).to.deep.equal([{ starts: 2, unchanged: 1, deletes: 1 }, {}]);
      expect([...target.outside.keys()]).to.deep.equal(["a"]);
      await update(true, "a");
      expect([...target.outside.keys()]).to.deep.equal(["a"]);
    });

    it("... and the run's overall completion are unaffected: the grouped components are still ordinary children of the surrounding component", async () => {
      let hasEnded = false;
      const handle = createApp(() => {
        statsGroup("Docs", () => void mount(processSlowly));
      }).update();
      const result = handle.result().then(() => (hasEnded = true));
      while (handle.stats() === null) await setImmediate();
      for (let turn = 0; turn < 10; turn++) await setImmediate();
      expect(hasEnded).to.equal(false);
      expect(handle.stats()?.byComponent["main"]?.numInProgress).to.equal(1);
      openGate();
      await result;
      expect(await pathsOnRecord()).to.deep.equal(["/", "/@processSlowly"]);
    });
  });

  describe("Nesting. Groups may nest", () => {
    it("The innermost group owns a mount's stats", async () => {
      const groups: StatsGroupHandle[] = [];
      const handle = createApp(() =>
        statsGroup("Outer", async (outer) => {
          await mount("a", processDoc, "a");
          await statsGroup("Inner", async (inner) => {
            groups.push(outer, inner);
            await mount("b", processCode, "b");
          });
          await mount("c", processDoc, "c");
        }),
      ).update();
      await handle;
      expect(groups.map((group) => countsByComponent(group.stats()))).to.deep.equal([
        { processDoc: { starts: 2, adds: 2 } },
        { processCode: { starts: 1, adds: 1 } },
      ]);
      expect(Object.keys(handle.stats()!.byComponent)).to.deep.equal(["main"]);
    });

    it("an outer group's readiness still waits for the inner group's work to finish", async () => {
      await createApp(async () => {
        const outer = await statsGroup("Outer", async (opened) => {
          await mount("a", processDoc, "a");
          await statsGroup("Inner", () => mount(processSlowly));
          return opened;
        });
        let isReady = false;
        const watching = collect(outer).then(() => (isReady = true));
        for (let turn = 0; turn < 10; turn++) await setImmediate();
        expect(isReady).to.equal(false);
        openGate();
        await watching;
      }).update();
    });
  });

  describe("Live members", () => {
    it("A group containing live components becomes READY after their initial catch-up and reports their ongoing incremental stats, just like the root", async () => {
      const docs = new LiveMap([["a", "a"]]);
      let group!: StatsGroupHandle;
      const opened = Promise.withResolvers<void>();
      const handle = createApp(() =>
        statsGroup("Docs", async (own) => {
          group = own;
          opened.resolve();
          await mountEach(processDoc, docs);
        }),
      ).update({ live: true });
      void handle.result();
      await opened.promise;
      const [root, members] = [new LiveWatch(handle), new LiveWatch(group)];
      await members.untilReady(1);
      await root.untilReady();
      expect(members.last).to.include({ status: UpdateStatus.READY, final: false });
      docs.set("a", "changed");
      await members.untilReady(2);
      expect(countsByComponent(group.stats())).to.deep.equal({ processDoc: { starts: 2, adds: 1, reprocesses: 1 } });
      await handle.stop();
      await Promise.all([root.ended, members.ended]);
      for (const { statuses } of [root, members]) {
        expect(statuses.slice(statuses.indexOf("ready"))).to.deep.equal(["ready", "running", "ready", "READY"]);
      }
      expect(Object.keys(handle.stats()!.byComponent), "split out of the root's report").to.deep.equal(["main"]);
    });
  });
});
