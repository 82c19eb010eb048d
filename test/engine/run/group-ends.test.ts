import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import {
  componentSubpath,
  fn,
  mount,
  mountEach,
  statsGroup,
  type StatsGroupHandle,
  type UpdateHandle,
  type UpdateSnapshot,
} from "../../../lib/index.ts";
import { countsOf } from "../../counts.ts";
import { failureOf } from "../../state/failure-of.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { usedHeap } from "../../used-heap.ts";
import { createCountingApp } from "../counting-app.ts";
import { useKeptGroups } from "./kept-groups.ts";

const doc = fn({ memo: true }, function doc(text: string) {
  if (text.startsWith("broken")) throw new Error(text);
});
const never = (): Promise<never> => new Promise(() => {});

describe("A stats group ends", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const { group, handles: groups } = useKeptGroups();

  it("when all of its members are memo hits", async () => {
    const run = () => app.update(() => group("Docs", () => mountEach(doc, pairs("a", "b"))));
    await run();
    await run();
    const last = await lastOf(groups[1]!);
    expect(last).to.deep.include({ status: "ready", final: true });
    expect(countsOf(last?.stats.total)).to.deep.equal({ starts: 2, unchanged: 2 });
  });

  it("when members of it have failed", async () => {
    await app.update(async () => {
      await group("Docs", () => mountEach(doc, pairs("a", "broken", "broken too")));
      const last = await lastOf(groups[0]!);
      expect(last).to.deep.include({ status: "ready", final: true });
      expect(countsOf(last?.stats.total)).to.deep.equal({ starts: 3, adds: 1, errors: 2 });
    });
  });

  for (const kind of ["at once", "later"] as const) {
    it(`when its body throws ${kind}, before anything was mounted`, async () => {
      const error = new Error("boom");
      const rest = await app.update(async () => {
        const failing = failureOf(async () => {
          await group("Docs", kind === "at once" ? () => throwIt(error) : async () => throwIt(error));
        });
        expect(await failing).to.equal(error);
        expect(await lastOf(groups[0]!)).to.deep.include({ status: "ready", final: true });
        await mount("after", doc, "a");
      });
      expect(rest).to.deep.equal({ doc: { starts: 1, adds: 1 } });
      expect(groups[0]?.stats()?.byComponent).to.deep.equal({});
    });
  }

  it("when its body has failed the component that opened it, after its members", async () => {
    const gate = Promise.withResolvers<void>();
    const error = new Error("boom");
    const handle = app
      .withMain(() =>
        group("Docs", async () => {
          await mount(async function slow() {
            await gate.promise;
          });
          throw error;
        }),
      )
      .update();
    const result = failureOf(handle.result());
    while (groups.length === 0) await setImmediate();
    const last = lastOf(groups[0]!);
    gate.resolve();
    expect(await result).to.equal(error);
    expect(await last).to.deep.include({ status: "ready", final: true });
    expect(countsOf((await last)?.stats.total)).to.deep.equal({ starts: 1, adds: 1 });
  });

  it("inner before outer when the inner one is slower, and only then", async () => {
    const gate = Promise.withResolvers<void>();
    const ended: string[] = [];
    await app.update(async () => {
      await group("Outer", async () => {
        await mount("a", doc, "a");
        await group("Middle", () =>
          group("Inner", () =>
            mount(async function slow() {
              await gate.promise;
            }),
          ),
        );
      });
      const ends = groups.map(async (each) => {
        await lastOf(each);
        ended.push(each.title);
      });
      for (let turn = 0; turn < 10; turn++) await setImmediate();
      expect(ended).to.deep.equal([]);
      gate.resolve();
      await Promise.all(ends);
      expect(ended).to.deep.equal(["Inner", "Middle", "Outer"]);
    });
  });

  it("with its component when deletions are still to come at a place whose path is too long for a key", async () => {
    const place = componentSubpath("x".repeat(1500), "y".repeat(1500), "z");
    const run = (...texts: string[]) => app.update(() => group("Docs", () => mountEach(place, doc, pairs(...texts))));
    await run("a", "b");
    expect(await run("a")).to.deep.equal({});
    expect(countsOf(groups[1]?.stats()?.total)).to.deep.equal({ starts: 2, unchanged: 1, deletes: 1 });
    expect((await lastOf(groups[1]!))?.stats).to.equal(groups[1]?.stats());
  });

  describe("with the reason of an aborted run", () => {
    const reason = new Error("enough");

    /** Aborts a run once `isReached` says so; gives what its groups' watchers have thrown. */
    async function abort(main: () => unknown, isReached: () => boolean): Promise<unknown[]> {
      const stop = new AbortController();
      const handle: UpdateHandle<unknown> = app.withMain(main).update({ signal: stop.signal });
      const result = failureOf(handle.result());
      while (!isReached()) await setImmediate();
      const early = groups.map((each) => failureOf(lastOf(each)));
      stop.abort(reason);
      expect(await result).to.equal(reason);
      for (const each of groups) {
        expect(each.stats()?.total, each.title).to.deep.include({ numInProgress: 0, numQueued: 0, numErrors: 0 });
      }
      return Promise.all([...early, ...groups.map((each) => failureOf(lastOf(each)))]);
    }

    it("when its members are in the middle of their work, nested or not", async () => {
      const thrown = await abort(
        () =>
          group("Outer", async () => {
            await mountEach(doc, pairs("a", "b"));
            await mount("stuck", fn({ name: "stuck" }, never));
            await group("Inner", () => mountEach(fn({ name: "stuck" }, never), pairs("a", "b")));
          }),
        () => groups[1]?.stats()?.total.numInProgress === 2,
      );
      expect(thrown).to.deep.equal([reason, reason, reason, reason]);
      expect(countsOf(groups[0]?.stats()?.total)).to.deep.equal({ starts: 2, adds: 2 });
    });

    it("when a component that never ends has left it open", async () => {
      const thrown = await abort(
        () =>
          mount(async function endless() {
            using opened = statsGroup("Open");
            groups.push(opened);
            await mount("a", doc, "a");
            await group("Also open", never);
          }),
        () => groups.length === 2 && groups[0]?.stats()?.total.numAdds === 1,
      );
      expect(thrown).to.deep.equal([reason, reason, reason, reason]);
    });

    it("although it was ready, when children that vanished were still to be deleted", async () => {
      await app.update(() => group("Docs", () => mountEach(doc, pairs("a", "b"))));
      groups.length = 0;
      const thrown = await abort(
        async () => {
          await group("Docs", () => mountEach(doc, pairs("a")));
          await never();
        },
        () => groups[0]?.stats()?.total.numUnchanged === 1,
      );
      expect(thrown).to.deep.equal([reason, reason]);
    });
  });

  it("a thousand times in one run, side by side and one in another", async function () {
    this.timeout(60_000);
    const open = (index: number): Promise<unknown> =>
      group(`group ${index}`, async () => {
        await mountEach(String(index), doc, pairs("a", "b"));
        if (index % 10 !== 9) await open(index + 1);
      });
    const run = () => app.update(() => Promise.all(Array.from({ length: 100 }, (_, index) => open(index * 10))));
    await run();
    expect(groups).to.have.length(1000);
    for (const each of groups) {
      expect(await lastOf(each)).to.deep.include({ status: "ready", final: true });
      expect(countsOf(each.stats()?.total)).to.deep.equal({ starts: 2, adds: 2 });
    }
    groups.length = 0;
    const heapBefore = await usedHeap();
    const before = process.cpuUsage();
    expect(await run()).to.deep.equal({});
    expect(cpuMsSince(before), "ms of processor time").to.be.lessThan(10_000);
    groups.length = 0;
    expect((await usedHeap()) - heapBefore, "bytes kept").to.be.lessThan(2_000_000);
  });

  it("a thousand times in one run, all at one place", async function () {
    this.timeout(60_000);
    const open = (index: number) => group(`group ${index}`, () => mountEach(doc, pairs(`${index} a`, `${index} b`)));
    const run = () => app.update(() => Promise.all(Array.from({ length: 1000 }, (_, index) => open(index))));
    await run();
    groups.length = 0;
    const before = process.cpuUsage();
    expect(await run()).to.deep.equal({});
    expect(cpuMsSince(before), "ms of processor time").to.be.lessThan(10_000);
    for (const each of groups) {
      expect(await lastOf(each)).to.deep.include({ status: "ready", final: true });
      expect(countsOf(each.stats()?.total)).to.deep.equal({ starts: 2, unchanged: 2 });
    }
  });
});

function pairs(...texts: readonly string[]): (readonly [string, string])[] {
  return texts.map((text) => [text, text] as const);
}

/** The processor time of this process since then: unlike the time on a clock, it hardly depends on other processes. */
function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { system, user } = process.cpuUsage(before);
  return (system + user) / 1000;
}

function throwIt(error: Error): never {
  throw error;
}

async function lastOf(handle: StatsGroupHandle): Promise<UpdateSnapshot<null> | undefined> {
  let last: UpdateSnapshot<null> | undefined;
  for await (const snapshot of handle.watch()) last = snapshot;
  return last;
}
