import { expect } from "chai";
import { fn, mount } from "../../../lib/index.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { createDeclaringComponents, inTurn } from "./declaring-components.ts";
import { useRecordingTarget } from "./recording-target.ts";

describe("A target state", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();

  const { memoized, plain } = createDeclaringComponents(target);

  describe("that goes from one component to another", () => {
    it("is taken over from a component that is gone, without being removed or written in between", async () => {
      await app.update(() => mount("a", plain, { x: "same" }));
      await app.update(() => mount("b", plain, { x: "same" }));
      expect(target.batches).to.have.length(1);
      expect(Object.fromEntries(target.outside)).to.deep.equal({ x: "same" });
      await app.update(() => mount("b", plain, { x: "same" }));
      await app.update(() => {});
      expect(target.outside.size, "it is the new owner's to remove").to.equal(0);
      expect(test.caught).to.deep.equal([]);
    });

    it("is changed by its new owner, whose `reconcile` gets the previous state", async () => {
      await app.update(() => mount("a", memoized, { x: "old" }));
      target.changes.length = 0;
      await app.update(() => mount("b", memoized, { x: "new" }));
      expect(target.changes).to.deep.equal([{ key: "x", desired: "new", previous: ["old"], mayBeMissing: false }]);
      expect(Object.fromEntries(target.outside)).to.deep.equal({ x: "new" });
      expect(await app.update(() => mount("b", memoized, { x: "new" }))).to.deep.equal({
        memoized: { starts: 1, unchanged: 1 },
      });
    });

    for (const order of ["giver first", "taker first", "side by side"] as const) {
      it(`moves between siblings that stay, ${order}`, async () => {
        const body = (moved: boolean) => async (): Promise<void> => {
          const giver = () => mount("giver", plain, moved ? { g: "g" } : { g: "g", x: "moving" });
          const taker = () => mount("taker", plain, moved ? { t: "t", x: "moved" } : { t: "t" });
          if (order === "giver first") await inTurn(giver, taker)();
          else if (order === "taker first") await inTurn(taker, giver)();
          else await Promise.all([giver(), taker()]);
        };
        for (const moved of [false, true, true, false, false, true]) {
          await app.update(body(moved));
          const wanted = { g: "g", t: "t", x: moved ? "moved" : "moving" };
          expect(Object.fromEntries(target.outside)).to.deep.equal(wanted);
          expect(test.caught).to.deep.equal([]);
        }
        await app.update(() => {});
        expect(target.outside.size).to.equal(0);
      });
    }

    it("moves to another while its removal is in progress", async () => {
      const removing = Promise.withResolvers<void>();
      const release = Promise.withResolvers<void>();
      await app.update(() => mount("giver", plain, { x: "moving" }));
      target.onApply = async (actions) => {
        if (actions[0]!.kind !== "remove") return;
        removing.resolve();
        await release.promise;
      };
      await app.update(async () => {
        await mount("giver", plain, {});
        await removing.promise;
        await mount("taker", plain, { x: "moved" });
        await new Promise(setImmediate);
        release.resolve();
      });
      expect(test.caught).to.deep.equal([]);
      expect(Object.fromEntries(target.outside)).to.deep.equal({ x: "moved" });
      await app.update(() => mount("giver", plain, {}));
      expect(target.outside.size).to.equal(0);
    });

    it("moves to another while its component is being deleted", async () => {
      const removing = Promise.withResolvers<void>();
      const release = Promise.withResolvers<void>();
      const owner = fn(function owner(has: boolean) {
        return has ? mount("child", plain, { x: "moving" }) : undefined;
      });
      await app.update(() => mount("owner", owner, true));
      target.onApply = async (actions) => {
        if (actions[0]!.kind !== "remove") return;
        removing.resolve();
        await release.promise;
      };
      await app.update(async () => {
        await mount("owner", owner, false);
        await removing.promise;
        await mount("taker", plain, { x: "moved" });
        await new Promise(setImmediate);
        release.resolve();
      });
      expect(Object.fromEntries(target.outside)).to.deep.equal({ x: "moved" });
      target.onApply = undefined;
      await app.update(() => {});
      expect(target.outside.size).to.equal(0);
    });

    it("is swapped by two siblings", async () => {
      const swap = (one: string, other: string) => (): Promise<unknown> =>
        Promise.all([mount("a", memoized, { [one]: "of a" }), mount("b", memoized, { [other]: "of b" })]);
      for (let round = 0; round < 2; round++) {
        await app.update(swap("x", "y"));
        expect(Object.fromEntries(target.outside)).to.deep.equal({ x: "of a", y: "of b" });
        await app.update(swap("y", "x"));
        expect(Object.fromEntries(target.outside)).to.deep.equal({ x: "of b", y: "of a" });
      }
      expect(test.caught).to.deep.equal([]);
    });
  });
});
