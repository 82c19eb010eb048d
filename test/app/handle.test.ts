import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { App, fn, mount, mountEach, UpdateStatus, type UpdateSnapshot } from "../../lib/index.ts";
import { countsOf } from "../counts.ts";
import { failureOf } from "../state/failure-of.ts";
import { useTestEnvironment } from "../test-environment.ts";

describe("UpdateHandle", () => {
  const test = useTestEnvironment();

  function createApp<R>(main: () => R): App<never[], R> {
    return new App({ name: "app", environment: test.environment }, fn({ name: "main" }, main));
  }

  describe("before anybody asks", () => {
    it("runs nothing, and has no stats", async () => {
      let numRuns = 0;
      const handle = createApp(() => numRuns++).update();
      await setImmediate();
      expect(numRuns).to.equal(0);
      expect(handle.stats()).to.equal(null);
      expect(handle.failures()).to.deep.equal([]);
    });

    it("throws for an interval that is not a positive number, and starts nothing", async () => {
      let numRuns = 0;
      const app = createApp(() => numRuns++);
      for (const reportToStdout of [0, -5, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(() => app.update({ reportToStdout }), String(reportToStdout)).to.throw(
          RangeError,
          /`reportToStdout` must be/,
        );
        expect(() => app.drop({ reportToStdout }), String(reportToStdout)).to.throw(RangeError);
      }
      await setImmediate();
      expect(numRuns).to.equal(0);
    });
  });

  describe("result", () => {
    it("gives the value of the main function", async () => {
      expect(
        await createApp(() => "plain")
          .update()
          .result(),
      ).to.equal("plain");
      expect(
        await createApp(async () => "promised")
          .update()
          .result(),
      ).to.equal("promised");
    });

    it("is the same promise every time, of one run", async () => {
      let numRuns = 0;
      const handle = createApp(() => ++numRuns).update();
      expect(handle.result()).to.equal(handle.result());
      expect([await handle, await handle, await handle.result()]).to.deep.equal([1, 1, 1]);
    });

    it("is the value that `await` and `then` give", async () => {
      expect(await createApp(() => "value").update()).to.equal("value");
      expect(
        await createApp(() => "value")
          .update()
          .then((value) => value.length),
      ).to.equal(5);
      const error = new Error("boom");
      const failing = createApp(() => {
        throw error;
      });
      expect(await failing.update().then(undefined, (reason: unknown) => reason)).to.equal(error);
    });

    it("waits for everything that was mounted, awaited or not", async () => {
      const ended: string[] = [];
      const slow = fn(async function slow(name: string) {
        await setImmediate();
        ended.push(name);
      });
      await createApp(async () => {
        void mountEach(slow, [
          ["a", "a"],
          ["b", "b"],
        ]);
        await mount("c", slow, "c");
      }).update();
      expect(ended).to.have.members(["a", "b", "c"]);
    });
  });

  describe("stats", () => {
    it("are exact at any moment, and final afterwards", async () => {
      const seen: unknown[] = [];
      const handle = createApp(async () => {
        seen.push(countsOf(handle.stats()?.byComponent["doc"]));
        const doc = await mount(function doc() {
          seen.push(countsOf(handle.stats()?.byComponent["doc"]));
        });
        await doc.ready();
        seen.push(countsOf(handle.stats()?.byComponent["doc"]));
      }).update();
      await handle;
      expect(seen).to.deep.equal([{}, { starts: 1 }, { starts: 1, adds: 1 }]);
      const final = handle.stats();
      expect(countsOf(final?.total)).to.deep.equal({ starts: 2, adds: 2 });
      await setImmediate();
      expect(handle.stats()).to.equal(final);
    });

    it("start at 0 in each run", async () => {
      const app = createApp(() => "value");
      await app.update();
      const handle = app.update();
      await handle;
      expect(countsOf(handle.stats()?.total)).to.deep.equal({ starts: 1, reprocesses: 1 });
    });

    it("never change after they were handed out", async () => {
      let during: unknown;
      const handle = createApp(() => {
        during = handle.stats();
      }).update();
      await handle;
      expect(during).to.have.nested.property("total.numAdds", 0);
    });
  });

  describe("a run that fails", () => {
    const error = new Error("boom");

    it("gives the original error to the result and to every watcher", async () => {
      const handle = createApp(async () => {
        await mount(function doc() {});
        throw error;
      }).update();
      const watchers = [handle, handle].map((each) => failureOf(collect(each.watch())));
      expect(await failureOf(handle.result())).to.equal(error);
      expect(await Promise.all(watchers)).to.deep.equal([error, error]);
      expect(await failureOf(collect(handle.watch())), "a late watcher").to.equal(error);
      expect(countsOf(handle.stats()?.byComponent["main"])).to.deep.equal({ starts: 1, errors: 1 });
    });

    it("gives what was thrown even if it is no error", async () => {
      const handle = createApp(() => Promise.reject({ reason: "odd" })).update();
      expect(await failureOf(handle.result())).to.deep.equal({ reason: "odd" });
    });

    it("can be followed by one that does not", async () => {
      let isBroken = true;
      const app = createApp(() => {
        if (isBroken) throw error;
        return "value";
      });
      await failureOf(app.update().result());
      isBroken = false;
      expect(await app.update()).to.equal("value");
    });
  });

  describe("failures", () => {
    it("have the original error, the component, its path and the time", async () => {
      const error = { code: "ODD" };
      const handle = createApp(() =>
        mount("key", function doc() {
          return Promise.reject(error);
        }),
      ).update();
      await handle;
      const [failure, ...others] = handle.failures();
      expect(others).to.deep.equal([]);
      expect(failure?.error).to.equal(error);
      expect(failure).to.deep.include({ component: "doc", path: '/"key"', group: null });
      expect(failure?.at).to.be.instanceOf(Date);
    });

    it("are the newest 100", async () => {
      const doc = fn(function doc(index: number) {
        throw new Error(String(index));
      });
      const handle = createApp(() =>
        mountEach(
          doc,
          Array.from({ length: 250 }, (_, index) => [index, index]),
        ),
      ).update();
      await handle;
      expect(countsOf(handle.stats()?.byComponent["doc"])).to.deep.equal({ starts: 250, errors: 250 });
      expect(handle.failures().map(({ error }) => Number((error as Error).message))).to.deep.equal(
        Array.from({ length: 100 }, (_, index) => index + 150),
      );
    });
  });

  describe("of a drop", () => {
    it("is lazy, and resolves with nothing", async () => {
      const app = createApp(() => "value");
      await app.update();
      const handle = app.drop();
      await setImmediate();
      expect(handle.stats()).to.equal(null);
      const snapshots = await collect(handle.watch());
      expect(snapshots.at(-1)).to.deep.include({ status: UpdateStatus.READY, final: true, result: null });
      expect(await handle.result()).to.equal(undefined);
      expect(countsOf(handle.stats()?.total)).to.deep.equal({ starts: 1, deletes: 1 });
    });
  });
});

async function collect<R>(watch: AsyncIterable<UpdateSnapshot<R>>): Promise<UpdateSnapshot<R>[]> {
  const snapshots: UpdateSnapshot<R>[] = [];
  for await (const snapshot of watch) snapshots.push(snapshot);
  return snapshots;
}
