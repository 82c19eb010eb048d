import { expect } from "chai";
import { declareTargetState, fn, memoKey, memoState, mount, type TidemarkError } from "../../../lib/index.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { createDeclaringComponents, inTurn } from "./declaring-components.ts";
import { useRecordingTarget } from "./recording-target.ts";

describe("A target state", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();

  const { declareAll, memoized, plain } = createDeclaringComponents(target);
  const call = fn({ memo: true }, function call(key: string) {
    declareTargetState(target.provider, key, "of a call");
  });
  const caller = fn(function caller(key: string) {
    call(key);
  });
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
      const waiting = fn({ name: "slowCaller" }, async () => {
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
});
