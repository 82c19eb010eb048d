import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { componentSubpath, fn, mount, mountEach, statsGroup } from "../../../lib/index.ts";
import type { StatsGroupHandle } from "../../../lib/index.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { useKeptGroups } from "./kept-groups.ts";

const doc = fn({ memo: true }, function doc(_text?: unknown) {});

describe("A stats group", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const { countsOf, group, groupOf } = useKeptGroups();

  describe("in another one", () => {
    it("owns the components mounted in it; the outer one is ready only after it", async () => {
      const gate = Promise.withResolvers<void>();
      const slow = fn(async function slow() {
        await gate.promise;
      });
      const rest = await app.update(async () => {
        await group("Outer", async () => {
          await mount("a", doc);
          await group("Inner", () => mount(slow));
          await mount("b", doc);
        });
        const outer = statusesOf(groupOf("Outer"));
        for await (const { status } of groupOf("Inner").watch()) {
          if (status === "running") gate.resolve();
        }
        expect((await outer).at(-1)).to.equal("ready");
      });
      expect(rest).to.deep.equal({});
      expect(countsOf("Outer")).to.deep.equal({ doc: { starts: 2, adds: 2 } });
      expect(countsOf("Inner")).to.deep.equal({ slow: { starts: 1, adds: 1 } });
    });

    it("is not ready while a group inside it is", async () => {
      const gate = Promise.withResolvers<void>();
      await app.update(async () => {
        group("Outer", () => {
          group("Inner", () => {
            void mount(async function slow() {
              await gate.promise;
            });
          });
        });
        const watch = groupOf("Outer").watch()[Symbol.asyncIterator]();
        const first = watch.next();
        for (let turn = 0; turn < 5; turn++) await setImmediate();
        gate.resolve();
        expect((await first).value).to.deep.include({ status: "ready" });
        expect(groupOf("Inner").stats()?.total.numInProgress).to.equal(0);
      });
    });

    for (const isInnerFirst of [true, false]) {
      it(`counts the deletes at its own place, which is inside the other's, when it is opened ${isInnerFirst ? "first" : "last"}`, async () => {
        const items = (keys: readonly string[]) => keys.map((key) => [key, key] as const);
        const inner = (keys: readonly string[]) =>
          group("Inner", () => mountEach(componentSubpath("a", "b"), doc, items(keys)));
        const run = (innerKeys: readonly string[], outerKeys: readonly string[]) =>
          app.update(() =>
            group("Outer", async () => {
              if (isInnerFirst) await inner(innerKeys);
              await mountEach(componentSubpath("a"), doc, items(outerKeys));
              if (!isInnerFirst) await inner(innerKeys);
            }),
          );
        await run(["kept", "old"], ["kept", "old"]);
        expect(await run(["kept"], ["kept"])).to.deep.equal({});
        const counts = { doc: { starts: 2, unchanged: 1, deletes: 1 } };
        expect({ Inner: countsOf("Inner"), Outer: countsOf("Outer") }).to.deep.equal({ Inner: counts, Outer: counts });
        for (const title of ["Inner", "Outer"]) {
          for await (const { final, stats } of groupOf(title).watch()) {
            expect(final, title).to.equal(true);
            expect(stats, title).to.equal(groupOf(title).stats());
          }
        }
      });
    }
  });

  describe("inside a member", () => {
    it("splits its part out of the group around the member", async () => {
      const section = fn(async function section() {
        await mount("plain", doc);
        await group("Inner", () => mount("grouped", doc));
      });
      const rest = await app.update(() => group("Outer", () => mount(section)));
      expect(rest).to.deep.equal({});
      expect(countsOf("Outer")).to.deep.equal({ doc: { starts: 1, adds: 1 }, section: { starts: 1, adds: 1 } });
      expect(countsOf("Inner")).to.deep.equal({ doc: { starts: 1, adds: 1 } });
    });

    it("is a new group in each component", async () => {
      const opened: StatsGroupHandle[] = [];
      const section = fn(async function section(texts: readonly string[]) {
        await statsGroup("Docs", async (handle) => {
          opened.push(handle);
          await mountEach(
            doc,
            texts.map((text) => [text, text]),
          );
        });
      });
      await app.update(() =>
        mountEach(section, [
          [1, ["a"]],
          [2, ["b", "c"]],
        ]),
      );
      expect(opened.map((handle) => handle.title)).to.deep.equal(["Docs", "Docs"]);
      expect(opened.map((handle) => handle.stats()?.total.numAdds)).to.have.members([1, 2]);
    });
  });
});

async function statusesOf(handle: StatsGroupHandle): Promise<string[]> {
  const statuses: string[] = [];
  for await (const { status } of handle.watch()) if (statuses.at(-1) !== status) statuses.push(status);
  return statuses;
}
