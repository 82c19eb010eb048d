import { expect } from "chai";
import { declareTargetState, fn, memoKey, memoState, mount, type TidemarkError } from "../../lib/index.ts";
import { createTestEnvironment, type TestEnvironment } from "../test-environment.ts";
import { createCountingApp, type CountingApp } from "./counting-app.ts";
import { defineRecordingTarget } from "./recording-target.ts";

describe("A target state", () => {
  let test: TestEnvironment;
  let app: CountingApp;
  const target = defineRecordingTarget();

  beforeEach(async () => {
    test = await createTestEnvironment();
    app = createCountingApp(test.environment);
    target.outside.clear();
    target.batches.length = 0;
    target.changes.length = 0;
    target.onApply = undefined;
  });

  afterEach(() => test[Symbol.asyncDispose]());

  const declareAll = (states: Readonly<Record<string, string>>): void => {
    for (const [key, value] of Object.entries(states)) declareTargetState(target.provider, key, value);
  };
  const plain = fn(function plain(states: Readonly<Record<string, string>>) {
    declareAll(states);
  });
  const memoized = fn({ memo: true }, function memoized(states: Readonly<Record<string, string>>) {
    declareAll(states);
  });
  const call = fn({ memo: true }, function call(key: string) {
    declareTargetState(target.provider, key, "of a call");
  });
  const caller = fn(function caller(key: string) {
    call(key);
  });
  /** Mounts one after the other, each when the one before has been applied. */
  const inTurn =
    (...mounts: (() => ReturnType<typeof mount>)[]) =>
    async (): Promise<void> => {
      for (const start of mounts) await (await start()).ready();
    };
  const expectConflict = (loser: string, owner: string): void => {
    expect(test.caught).to.have.length(1);
    const error = test.caught[0]!.error as TidemarkError;
    expect(error.code).to.equal("TARGET_CONFLICT");
    expect(error.facts["path"]).to.equal(loser);
    expect(error.facts["owner"]).to.equal(owner);
    expect(error.message).to.include(loser).and.to.include(`at ${owner} `).and.to.include('"x"');
    expect(test.caught[0]!.context.path).to.equal(loser);
  };

  describe("that two components declare in one run", () => {
    it("is an error of the second, which names both", async () => {
      const counts = await app.update(
        inTurn(
          () => mount("a", plain, { x: "of a", y: "y" }),
          () => mount("b", plain, { x: "of b", z: "z" }),
        ),
      );
      expectConflict('/"b"', '/"a"');
      expect(counts).to.deep.equal({ plain: { starts: 2, adds: 1, errors: 1 } });
      expect(Object.fromEntries(target.outside)).to.deep.equal({ x: "of a", y: "y" });
    });

    it("is an error of one of them when they run side by side", async () => {
      await app.update(() => Promise.all([mount("a", plain, { x: "of a" }), mount("b", plain, { x: "of b" })]));
      expectConflict('/"b"', '/"a"');
      expect([...target.outside.values()]).to.deep.equal(["of a"]);
    });

    it("is an error again in the next run", async () => {
      const body = inTurn(
        () => mount("a", plain, { x: "of a" }),
        () => mount("b", plain, { x: "of b" }),
      );
      for (let round = 1; round <= 3; round++) {
        await app.update(body);
        expect(test.caught).to.have.length(round);
        expect([...target.outside.values()]).to.deep.equal(["of a"]);
      }
    });

    it("is an error when the first was skipped as unchanged", async () => {
      await app.update(() => mount("a", memoized, { x: "of a" }));
      await app.update(
        inTurn(
          () => mount("a", memoized, { x: "of a" }),
          () => mount("b", plain, { x: "of b" }),
        ),
      );
      expectConflict('/"b"', '/"a"');
      expect([...target.outside.values()]).to.deep.equal(["of a"]);
    });

    it("is an error when the first would be skipped as unchanged after the second has declared it", async () => {
      await app.update(() => mount("a", memoized, { x: "of a" }));
      await app.update(
        inTurn(
          () => mount("b", plain, { x: "of b" }),
          () => mount("a", memoized, { x: "of a" }),
        ),
      );
      expectConflict('/"a"', '/"b"');
      expect([...target.outside.values()]).to.deep.equal(["of b"]);
    });

    it("is an error when the first is being compared while the second declares it", async () => {
      const checking = Promise.withResolvers<void>();
      const declared = Promise.withResolvers<void>();
      const document = {
        [memoKey]: () => "document",
        async [memoState](previous: unknown) {
          if (previous !== undefined) {
            checking.resolve();
            await declared.promise;
          }
          return { state: 1, isValid: true };
        },
      };
      const reader = fn({ memo: true }, function reader(_document: unknown) {
        declareAll({ x: "of the reader" });
      });
      await app.update(() => mount("a", reader, document));
      await app.update(async () => {
        await mount("a", reader, document);
        await checking.promise;
        await (await mount("b", plain, { x: "of b" })).ready();
        declared.resolve();
      });
      expectConflict('/"a"', '/"b"');
    });

    it("is an error when the first stands below one that is skipped as unchanged", async () => {
      const parent = fn({ memo: true }, function parent() {
        return mount("child", plain, { x: "of the child" });
      });
      await app.update(() => mount("p", parent));
      await app.update(
        inTurn(
          () => mount("p", parent),
          () => mount("b", plain, { x: "of b" }),
        ),
      );
      expectConflict('/"b"', '/"p"/"child"');
      expect([...target.outside.values()]).to.deep.equal(["of the child"]);
    });

    it("is an error when the first stands below one that would be skipped after the second has declared it", async () => {
      const parent = fn({ memo: true }, function parent() {
        return mount("child", memoized, { x: "of the child" });
      });
      await app.update(() => mount("p", parent));
      await app.update(
        inTurn(
          () => mount("b", plain, { x: "of b" }),
          () => mount("p", parent),
        ),
      );
      expectConflict('/"p"/"child"', '/"b"');
      expect([...target.outside.values()]).to.deep.equal(["of b"]);
    });

    it("is an error when the first declares it in a call that is answered from its memo", async () => {
      await app.update(() => mount("a", caller, "x"));
      await app.update(
        inTurn(
          () => mount("a", caller, "x"),
          () => mount("b", plain, { x: "of b" }),
        ),
      );
      expectConflict('/"b"', '/"a"');
    });

    it("is an error when the first would declare it in a call that is answered from its memo, after the second", async () => {
      await app.update(() => mount("a", caller, "x"));
      await app.update(
        inTurn(
          () => mount("b", plain, { x: "of b" }),
          () => mount("a", caller, "x"),
        ),
      );
      expectConflict('/"a"', '/"b"');
      expect([...target.outside.values()]).to.deep.equal(["of b"]);
    });

    it("is an error when the second declares it between the call of the first and its end", async () => {
      const called = Promise.withResolvers<void>();
      const declared = Promise.withResolvers<void>();
      const slowCaller = fn(async function slowCaller() {
        call("x");
        called.resolve();
        await declared.promise;
      });
      await app.update(() => (declared.resolve(), mount("a", slowCaller)));
      const again = Promise.withResolvers<void>();
      const waiting = fn(async function slowCaller() {
        call("x");
        await again.promise;
      });
      await app.update(async () => {
        await mount("a", waiting);
        await (await mount("b", plain, { x: "of b" })).ready();
        again.resolve();
      });
      expectConflict('/"a"', '/"b"');
    });
  });

  describe("that a component declares twice", () => {
    it("is an error at once, also in a memoized call", async () => {
      const twice = fn(function twice() {
        declareAll({ x: "one" });
        expect(() => declareAll({ x: "one" }))
          .to.throw()
          .that.includes({ code: "TARGET_CONFLICT" });
        declareAll({ y: "one" });
        call("x");
      });
      await app.update(() => mount("a", twice));
      expect((test.caught[0]!.error as TidemarkError).message).to.match(
        /twice in component `twice` at \/"a": give each state its own key$/,
      );
      expect(target.outside.size).to.equal(0);
    });
  });

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

    it("is changed by its new owner, who is told what is outside", async () => {
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

    it("moves to another while its removal is under way", async () => {
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
