import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { fn, mount, mountEach, statsGroup, type StatsGroupHandle, type UpdateSnapshot } from "../../../lib/index.ts";
import { countsOf } from "../../counts.ts";
import { failureOf } from "../../state/failure-of.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";

const doc = fn({ memo: true }, function doc(_text: string) {});

describe("A stats group's watch", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);

  const pairs = (...texts: string[]) => texts.map((text) => [text, text] as const);

  it("ends with a ready state once the group is closed and every member is ready", async () => {
    const gate = Promise.withResolvers<void>();
    let seen: UpdateSnapshot<null>[] = [];
    await app.update(async () => {
      const group = await statsGroup("Docs", async (handle) => {
        await mount(async function slow() {
          await gate.promise;
        });
        return handle;
      });
      seen = await collect(group, ({ stats }) => {
        if (stats.total.numInProgress === 1) gate.resolve();
      });
    });
    const last = seen.pop();
    expect(last).to.deep.include({ status: "ready", final: true, result: null });
    expect(countsOf(last?.stats.total)).to.deep.equal({ starts: 1, adds: 1 });
    for (const snapshot of seen) expect(snapshot).to.deep.include({ status: "running", final: false });
  });

  it("does not end before the group is closed", async () => {
    await app.update(async () => {
      const closing = Promise.withResolvers<void>();
      let hasEnded = false;
      let watching: Promise<unknown> | undefined;
      await statsGroup("Docs", async (group) => {
        watching = collect(group).then(() => (hasEnded = true));
        await (await mount(doc, "a")).ready();
        for (let turn = 0; turn < 5; turn++) await setImmediate();
        expect(hasEnded).to.equal(false);
        closing.resolve();
      });
      await closing.promise;
      await watching;
    });
  });

  it("does not end before a `mountEach` in it that nobody waits for has taken its last item", async () => {
    const gate = Promise.withResolvers<void>();
    async function* items(): AsyncGenerator<readonly [string, string]> {
      await gate.promise;
      yield ["late", "late"];
    }
    await app.update(async () => {
      const group = statsGroup("Docs", (handle) => {
        void mountEach(doc, items());
        return handle;
      });
      const seen = collect(group);
      for (let turn = 0; turn < 5; turn++) await setImmediate();
      gate.resolve();
      const last = (await seen).at(-1);
      expect(last).to.deep.include({ status: "ready", final: true });
      expect(countsOf(last?.stats.total)).to.deep.equal({ starts: 1, adds: 1 });
    });
  });

  it("ends at once for an empty group", async () => {
    await app.update(async () => {
      const group = statsGroup("Empty", (handle) => handle);
      const [snapshot, ...others] = await collect(group);
      expect(others).to.deep.equal([]);
      expect(snapshot).to.deep.include({ status: "ready", final: true });
      expect(snapshot?.stats.byComponent).to.deep.equal({});
    });
  });

  it("gives the final state after the run, any number of times", async () => {
    let group: StatsGroupHandle | undefined;
    await app.update(() =>
      statsGroup("Docs", async (handle) => {
        group = handle;
        await mountEach(doc, pairs("a", "b"));
      }),
    );
    for (const seen of [await collect(group!), await collect(group!)]) {
      expect(seen.map(({ status, final }) => ({ status, final }))).to.deep.equal([{ status: "ready", final: true }]);
      expect(seen[0]?.stats).to.deep.equal(group!.stats());
    }
  });

  it("throws its own signal's reason", async () => {
    await app.update(async () => {
      const reason = new Error("enough");
      await statsGroup("Docs", async (group) => {
        const signal = AbortSignal.abort(reason);
        expect(await failureOf(() => group.watch({ signal })[Symbol.asyncIterator]().next())).to.equal(reason);
      });
    });
  });

  it("is left at once while it waits", async () => {
    await app.update(async () => {
      await statsGroup("Docs", async (group) => {
        for (const leave of ["return", "throw"] as const) {
          const watch = group.watch()[Symbol.asyncIterator]();
          const next = watch.next();
          const error = new Error("enough");
          const left = await watch[leave]!(error).catch((thrown: unknown) => thrown);
          expect(left).to.deep.equal(leave === "throw" ? error : { done: true, value: undefined });
          expect((await next).done).to.equal(true);
        }
      });
    });
  });

  it("goes on to a ready state when the run fails elsewhere", async () => {
    let group: StatsGroupHandle | undefined;
    const handle = app
      .withMain(async () => {
        await statsGroup("Docs", async (opened) => {
          group = opened;
          await mount(doc, "a");
        });
        throw new Error("boom");
      })
      .update();
    await failureOf(handle.result());
    expect((await collect(group!)).at(-1)).to.deep.include({ status: "ready", final: true });
  });

  describe("when deletions are still to come", () => {
    beforeEach(() => app.update(() => mountEach(doc, pairs("a", "b"))));

    it("ends with a ready state in the body of the component that opened it", async () => {
      let group: StatsGroupHandle | undefined;
      await app.update(async () => {
        group = await statsGroup("Docs", async (handle) => {
          await mountEach(doc, pairs("a"));
          return handle;
        });
        const last = (await collect(group)).at(-1);
        expect(last).to.deep.include({ status: "ready", final: false });
        expect(countsOf(last?.stats.total)).to.deep.equal({ starts: 1, unchanged: 1 });
      });
      expect(countsOf(group?.stats()?.total)).to.deep.equal({ starts: 2, unchanged: 1, deletes: 1 });
    });

    it("ends with a ready state in a component that the run waits for before it deletes", async () => {
      await app.update(async () => {
        const group = await statsGroup("Docs", async (handle) => {
          await mountEach(doc, pairs("a"));
          return handle;
        });
        await mount(
          "dashboard",
          fn({ name: "dashboard" }, async () => {
            const last = (await collect(group)).at(-1);
            expect(last).to.deep.include({ status: "ready" });
          }),
        );
      });
      expect(test.caught).to.deep.equal([]);
    });

    it("ends with a ready state in the body of a group that its component does not wait for (else both waited)", async () => {
      const last = Promise.withResolvers<UpdateSnapshot<null> | undefined>();
      const counts = await app.update(() => {
        void statsGroup("Outer", async () => {
          await setImmediate();
          const group = await statsGroup("Docs", async (handle) => {
            await mountEach(doc, pairs("a"));
            return handle;
          });
          last.resolve((await collect(group)).at(-1));
        });
      });
      expect(await last.promise).to.deep.include({ status: "ready", final: false });
      expect(counts).to.deep.equal({});
    });

    it("goes on to the end of the deletions outside the run", async () => {
      const opened = Promise.withResolvers<StatsGroupHandle>();
      const updating = app.update(() =>
        statsGroup("Docs", async (handle) => {
          opened.resolve(handle);
          await mountEach(doc, pairs("a"));
        }),
      );
      const last = (await collect(await opened.promise)).at(-1);
      expect(last).to.deep.include({ status: "ready", final: true });
      expect(countsOf(last?.stats.total)).to.deep.equal({ starts: 2, unchanged: 1, deletes: 1 });
      expect(await updating).to.deep.equal({});
    });
  });
});

async function collect(
  group: StatsGroupHandle,
  onSnapshot: (snapshot: UpdateSnapshot<null>) => void = () => {},
): Promise<UpdateSnapshot<null>[]> {
  const snapshots: UpdateSnapshot<null>[] = [];
  for await (const snapshot of group.watch()) {
    snapshots.push(snapshot);
    onSnapshot(snapshot);
  }
  return snapshots;
}
