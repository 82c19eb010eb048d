import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { fn, map, mount, mountEach, statsGroup, TidemarkError, type StatsGroupHandle } from "../../../lib/index.ts";
import { countsByComponent } from "../../counts.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";

const doc = fn(function doc(_text?: unknown) {});

describe("A stats group opened with `using`", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);

  it("holds from its statement to the end of the block", async () => {
    let group: StatsGroupHandle | undefined;
    const rest = await app.update(async () => {
      await mount("before", doc);
      {
        using opened = statsGroup("Docs");
        group = opened;
        expect(opened.title).to.equal("Docs");
        await setImmediate();
        await mount("inside", doc);
        await mountEach(doc, [
          [1, 1],
          [2, 2],
        ]);
      }
      await mount("after", doc);
    });
    expect(rest).to.deep.equal({ doc: { starts: 2, adds: 2 } });
    expect(countsByComponent(group!.stats())).to.deep.equal({ doc: { starts: 3, adds: 3 } });
  });

  it("stays valid after the block: its watch ends ready", async () => {
    const gate = Promise.withResolvers<void>();
    await app.update(async () => {
      let group: StatsGroupHandle;
      {
        using opened = statsGroup("Docs");
        group = opened;
        await mount(async function slow() {
          await gate.promise;
        });
      }
      expect(group.stats()?.total.numInProgress).to.equal(1);
      const statuses: string[] = [];
      for await (const { status, stats } of group.watch()) {
        statuses.push(status);
        if (stats.total.numInProgress === 1) gate.resolve();
      }
      expect(statuses.at(-1)).to.equal("ready");
    });
  });

  it("may be nested: the innermost owns the mounted components", async () => {
    const counts: Record<string, unknown> = {};
    let handles: StatsGroupHandle[] = [];
    const rest = await app.update(async () => {
      using outer = statsGroup("Outer");
      await mount("a", doc);
      {
        using inner = statsGroup("Inner");
        handles = [outer, inner];
        await mount("b", doc);
        await statsGroup("Innermost", (innermost) => {
          handles.push(innermost);
          return mount("c", doc);
        });
        await mount("d", doc);
      }
      await mount("e", doc);
    });
    for (const handle of handles) counts[handle.title] = handle.stats()?.total.numAdds;
    expect(rest).to.deep.equal({});
    expect(counts).to.deep.equal({ Outer: 2, Inner: 2, Innermost: 1 });
  });

  it("belongs to the component that opened it", async () => {
    const handles: StatsGroupHandle[] = [];
    const section = fn(async function section(text: string) {
      using group = statsGroup(text);
      handles.push(group);
      await setImmediate();
      await mount(doc);
      await setImmediate();
    });
    const rest = await app.update(() =>
      mountEach(section, [
        [1, "a"],
        [2, "b"],
      ]),
    );
    expect(rest).to.deep.equal({ section: { starts: 2, adds: 2 } });
    for (const handle of handles) {
      expect(countsByComponent(handle.stats())).to.deep.equal({ doc: { starts: 1, adds: 1 } });
    }
  });

  it("closes when the block throws", async () => {
    const rest = await app.update(async () => {
      try {
        using _group = statsGroup("Docs");
        await mount("inside", doc);
        throw new Error("boom");
      } catch {
        await mount("outside", doc);
      }
    });
    expect(rest).to.deep.equal({ doc: { starts: 1, adds: 1 } });
  });

  it("may be disposed of twice", async () => {
    const rest = await app.update(async () => {
      const group = statsGroup("Docs");
      group[Symbol.dispose]();
      group[Symbol.dispose]();
      await mount(doc);
    });
    expect(rest).to.deep.equal({ doc: { starts: 1, adds: 1 } });
  });

  it("throws when blocks of one component overlap without nesting, and the run goes on", async () => {
    let error: unknown;
    const rest = await app.update(async () => {
      const first = statsGroup("First");
      const second = statsGroup("Second");
      try {
        first[Symbol.dispose]();
      } catch (thrown) {
        error = thrown;
      }
      second[Symbol.dispose]();
      await mount(doc);
    });
    expect(error).to.be.instanceOf(TidemarkError);
    expect(error).to.have.property("code", "SCOPE_OVERLAP");
    expect((error as Error).message)
      .to.include('stats group "First"')
      .and.include("`main`");
    expect(rest).to.deep.equal({ doc: { starts: 1, adds: 1 } });
  });

  describe("in branches that run side by side", () => {
    const groups: StatsGroupHandle[] = [];

    beforeEach(() => {
      groups.length = 0;
    });

    /** Opens a group, mounts `doc` at each step, and closes the group after the last one. */
    async function branch(title: string, steps: readonly Promise<void>[]): Promise<void> {
      using group = statsGroup(title);
      groups.push(group);
      for (const [index, step] of steps.entries()) {
        await step;
        await mount(`${title} ${index}`, doc);
      }
    }

    const addsByTitle = (): Record<string, number | undefined> =>
      Object.fromEntries(groups.map((group) => [group.title, group.stats()?.total.numAdds]));

    it("counts the components of its own branch (bug: all were counted in the group that was opened last)", async () => {
      const rest = await app.update(async () => {
        const opened = Promise.resolve();
        await Promise.all([branch("A", [opened, setImmediate()]), branch("B", [opened])]);
        await mount("after", doc);
      });
      expect(addsByTitle()).to.deep.equal({ A: 2, B: 1 });
      expect(rest).to.deep.equal({ doc: { starts: 1, adds: 1 } });
    });

    it("leaves out the components that other branches mount meanwhile (bug)", async () => {
      const [opened, mounted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const rest = await app.update(async () => {
        const helping = (async () => {
          await setImmediate();
          using group = statsGroup("Helper");
          groups.push(group);
          await mount("inside", doc);
          opened.resolve();
          await mounted.promise;
        })();
        await opened.promise;
        await mount("outside", doc);
        mounted.resolve();
        await helping;
      });
      expect(addsByTitle()).to.deep.equal({ Helper: 1 });
      expect(rest).to.deep.equal({ doc: { starts: 1, adds: 1 } });
    });

    it("keeps the calls of a `map` apart, whichever ends first (a bug once: `SCOPE_OVERLAP`)", async () => {
      const steps = Promise.resolve();
      const rest = await app.update(() =>
        map(branch, ["A", "B", "C"], [steps, setImmediate(), setImmediate()] as Promise<void>[]),
      );
      expect(addsByTitle()).to.deep.equal({ A: 3, B: 3, C: 3 });
      expect(rest).to.deep.equal({});
    });
  });

  it("is closed with its component's function when nobody closes it", async () => {
    let group: StatsGroupHandle | undefined;
    const handle = app
      .withMain(async () => {
        const section = await mount(async function section() {
          group = statsGroup("Forgotten");
          await mount(doc);
        });
        await section.ready();
      })
      .update();
    await handle;
    expect(countsByComponent(group!.stats())).to.deep.equal({ doc: { starts: 1, adds: 1 } });
  });

  it("lasts to the end of its block in a group that nobody awaits (a bug once: to the end of the component's function)", async () => {
    const gate = Promise.withResolvers<void>();
    const groups: StatsGroupHandle[] = [];
    const section = fn(async function section() {
      void statsGroup("Outer", async (outer) => {
        using inner = statsGroup("Inner");
        groups.push(outer, inner);
        await gate.promise;
        await mount(doc);
      });
    });
    const rest = await app.update(async () => {
      await mount(section);
      await setImmediate();
      gate.resolve();
    });
    expect(rest).to.deep.equal({ section: { starts: 1, adds: 1 } });
    expect(groups.map((group) => countsByComponent(group.stats()))).to.deep.equal([
      {},
      { doc: { starts: 1, adds: 1 } },
    ]);
  });
});
