import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { componentSubpath, fn, map, mount, mountEach, statsGroup, useMount } from "../../../lib/index.ts";
import type { StatsGroupHandle } from "../../../lib/index.ts";
import { failureOf } from "../../state/failure-of.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { useKeptGroups } from "./kept-groups.ts";

const doc = fn({ memo: true }, function doc(_text?: unknown) {});
const code = fn({ memo: true }, function code(_text?: unknown) {});

describe("statsGroup", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const { countsOf, group, groupOf } = useKeptGroups();

  describe("with a callback", () => {
    it("takes the components mounted in it out of the run's own report", async () => {
      const rest = await app.update(async () => {
        await mount("before", doc);
        await group("Docs", () =>
          mountEach(doc, [
            ["a", 1],
            ["b", 2],
          ]),
        );
        await group("Code", () => mountEach(code, [["c", 3]]));
        await mount("after", doc);
      });
      expect(rest).to.deep.equal({ doc: { starts: 2, adds: 2 } });
      expect(countsOf("Docs")).to.deep.equal({ doc: { starts: 2, adds: 2 } });
      expect(countsOf("Code")).to.deep.equal({ code: { starts: 1, adds: 1 } });
    });

    it("counts whole sub-trees of its members, however they are mounted", async () => {
      const leaf = fn(async function leaf(_value?: unknown) {
        await setImmediate();
      });
      const tree = fn(async function tree(depth: number): Promise<void> {
        if (depth > 0) await useMount(tree, depth - 1);
        void mount(leaf);
        await mountEach("each", leaf, [
          [1, 1],
          [2, 2],
        ]);
      });
      const rest = await app.update(() => group("Tree", () => mount(tree, 2)));
      expect(rest).to.deep.equal({});
      expect(countsOf("Tree")).to.deep.equal({ tree: { starts: 3, adds: 3 }, leaf: { starts: 9, adds: 9 } });
    });

    it("is exact for branches that run side by side", async () => {
      const branch = async (title: string, turns: number): Promise<void> => {
        await group(title, async () => {
          for (let turn = 0; turn < turns; turn++) {
            await setImmediate();
            await mount(`${title} ${turn}`, doc);
          }
        });
        await mount(`${title} outside`, code);
      };
      const rest = await app.update(async () => {
        await Promise.all([branch("one", 1), branch("five", 5), mount("plain", doc), branch("three", 3)]);
      });
      expect(rest).to.deep.equal({ doc: { starts: 1, adds: 1 }, code: { starts: 3, adds: 3 } });
      for (const [title, adds] of [
        ["one", 1],
        ["three", 3],
        ["five", 5],
      ] as const) {
        expect(countsOf(title), title).to.deep.equal({ doc: { starts: adds, adds } });
      }
    });

    it("decides at the call of `mount`, awaited or not", async () => {
      const gate = Promise.withResolvers<void>();
      async function* items(): AsyncGenerator<readonly [number, number]> {
        await gate.promise;
        yield [1, 1];
      }
      const rest = await app.update(async () => {
        group("Docs", () => {
          void mountEach(doc, items());
          void mount("single", code);
        });
        await mount("outside", doc);
        gate.resolve();
      });
      expect(rest).to.deep.equal({ doc: { starts: 1, adds: 1 } });
      expect(countsOf("Docs")).to.deep.equal({ doc: { starts: 1, adds: 1 }, code: { starts: 1, adds: 1 } });
    });

    it("reaches through called functions and `map`", async () => {
      const helper = fn(async function helper(key: string) {
        await setImmediate();
        await mount(key, doc);
      });
      const rest = await app.update(() =>
        group("Docs", async () => {
          await helper("a");
          await map(helper, ["b", "c"]);
        }),
      );
      expect(rest).to.deep.equal({});
      expect(countsOf("Docs")).to.deep.equal({ doc: { starts: 3, adds: 3 } });
    });

    it("gives what its body gives, at once when that is no promise", async () => {
      await app.update(async () => {
        expect(statsGroup("plain", () => 5)).to.equal(5);
        expect(await statsGroup("promised", async () => 6)).to.equal(6);
        expect(await statsGroup("with options", {}, async ({ title }) => title)).to.equal("with options");
      });
    });

    it("is open until what its body gives has settled, also when that is no promise of JavaScript's own (a bug once: it closed at once)", async () => {
      const rest = await app.update(async () => {
        const later = {
          // oxlint-disable-next-line unicorn/no-thenable -- as the queries of database clients
          then(resolve: (value: string) => void, reject: (error: unknown) => void): void {
            setImmediate()
              .then(() => mount(doc, "a"))
              .then(() => resolve("done"), reject);
          },
        };
        const value: unknown = group("Docs", () => later);
        expect(await value).to.equal("done");
      });
      expect(rest).to.deep.equal({});
      expect(countsOf("Docs")).to.deep.equal({ doc: { starts: 1, adds: 1 } });
    });

    it("closes when its body throws, the error goes on, and its members finish", async () => {
      const error = new Error("boom");
      const failing = (body: () => unknown) =>
        failureOf(async () => {
          await group("Docs", body);
        });
      const rest = await app.update(async () => {
        expect(
          await failing(async () => {
            void mount("a", doc);
            await setImmediate();
            throw error;
          }),
        ).to.equal(error);
        expect((await statusesOf(groupOf("Docs"))).at(-1)).to.equal("ready");
        expect(
          await failing(() => {
            void mount("b", doc);
            throw error;
          }),
        ).to.equal(error);
        await mount("c", doc);
      });
      expect(rest).to.deep.equal({ doc: { starts: 1, adds: 1 } });
      expect(countsOf("Docs")).to.deep.equal({ doc: { starts: 1, adds: 1 } });
    });

    it("does not change paths, change detection or ownership", async () => {
      const mountAll = () =>
        mountEach(doc, [
          ["a", 1],
          ["b", 2],
        ]);
      await app.update(() => mountAll());
      expect(await app.update(() => group("Docs", mountAll))).to.deep.equal({});
      expect(countsOf("Docs")).to.deep.equal({ doc: { starts: 2, unchanged: 2 } });
      expect(await app.update(() => mountAll())).to.deep.equal({ doc: { starts: 2, unchanged: 2 } });
    });
  });

  describe("with a title that is taken", () => {
    it("is a second report with a handle of its own", async () => {
      const opened: StatsGroupHandle[] = [];
      const open = (place: string, numDocs: number) =>
        statsGroup("Docs", async (handle) => {
          opened.push(handle);
          await mountEach(
            componentSubpath(place),
            doc,
            [
              [1, 1],
              [2, 2],
            ].slice(0, numDocs) as [number, number][],
          );
        });
      await app.update(async () => {
        await open("left", 1);
        await open("right", 2);
      });
      expect(opened.map((handle) => handle.stats()?.total.numAdds)).to.deep.equal([1, 2]);
    });
  });

  describe("failures", () => {
    it("are those of its members, under its title; those of the run include them", async () => {
      const broken = fn(function broken() {
        throw new Error("boom");
      });
      const handle = app
        .withMain(async () => {
          await (await mount("outside", broken)).ready();
          await group("Docs", () => mount("inside", broken));
        })
        .update();
      await handle;
      expect(handle.failures().map(({ path, group: title }) => [path, title])).to.deep.equal([
        ['/"outside"', null],
        ['/"inside"', "Docs"],
      ]);
      const own = groupOf("Docs").failures();
      expect(own.map(({ path, group: title }) => [path, title])).to.deep.equal([['/"inside"', "Docs"]]);
    });
  });

  it("throws for an interval that is not a positive number, before the body runs", async () => {
    await app.update(async () => {
      for (const reportToStdout of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
        const error = await failureOf(() => statsGroup("Docs", { reportToStdout }, () => expect.fail("the body ran")));
        expect(error).to.be.instanceOf(RangeError);
      }
    });
  });

  it("throws outside a component, after its end, and without a title", async () => {
    expect((await failureOf(() => statsGroup("Docs", () => {}))).code).to.equal("OUTSIDE_COMPONENT");
    expect((await failureOf(() => statsGroup("Docs"))).code).to.equal("OUTSIDE_COMPONENT");
    const ended = Promise.withResolvers<void>();
    await app.update(async () => {
      // @ts-expect-error not a title
      expect(await failureOf(() => statsGroup(5, () => {}))).to.be.instanceOf(TypeError);
      const late = Promise.withResolvers<unknown>();
      const handle = await mount(function early() {
        void ended.promise.then(async () => late.resolve(await failureOf(() => statsGroup("Docs", () => {}))));
      });
      await handle.ready();
      ended.resolve();
      expect(await late.promise).to.have.property("code", "COMPONENT_CLOSED");
    });
  });
});

async function statusesOf(handle: StatsGroupHandle): Promise<string[]> {
  const statuses: string[] = [];
  for await (const { status } of handle.watch()) if (statuses.at(-1) !== status) statuses.push(status);
  return statuses;
}
