import { expect } from "chai";
import { declareTargetState, defineContainer, defineTarget, fn, mount, type StableKey } from "../../lib/index.ts";
import { createTestEnvironment } from "../test-environment.ts";
import { createCountingApp } from "./counting-app.ts";
import { defineRecordingTarget } from "./targets/recording-target.ts";

describe("defineTarget", () => {
  it("refuses a name that is taken, and a handler that lacks a method", () => {
    const handler = { reconcile: () => undefined, apply: () => {} };
    defineTarget("test/named", handler);
    expect(() => defineTarget("test/named", handler))
      .to.throw()
      .that.includes({ code: "TARGET_NAME_TAKEN" });
    expect(() => defineTarget("", handler)).to.throw(TypeError, "Cannot define a target: it needs a name");
    expect(() => defineTarget("test/half", { reconcile: () => undefined } as never)).to.throw(
      TypeError,
      "must have the method `apply`",
    );
  });

  const handler = { reconcile: () => undefined, apply: () => {} };
  const child = (): undefined => undefined;
  for (const [what, define, wrong, message] of [
    ["a misspelt `keyedBy`", defineTarget, { ...handler, keyedby: "place" }, "did you mean `keyedBy`?"],
    ["another `keyedBy`", defineTarget, { ...handler, keyedBy: "path" }, '`keyedBy` must be "place", got "path"'],
    ["an unknown property", defineTarget, { ...handler, aliases: child }, "there is no option `aliases`"],
    ["a misspelt method", defineContainer, { ...handler, child, aliasses: child }, "did you mean `aliases`?"],
    ["a shortened method", defineContainer, { ...handler, child, alias: child }, "did you mean `aliases`?"],
    ["a child of a target", defineTarget, { ...handler, child }, "define it with `defineContainer`"],
    ["no child of a container", defineContainer, handler, "must have the method `child`"],
    ["no handler", defineTarget, undefined, "must be an object with `reconcile`, `apply`, got undefined; an import"],
    ["a function", defineContainer, child, "must be an object with `reconcile`, `apply`, `child`, got"],
    [
      "aliases that are no function",
      defineContainer,
      { ...handler, child, aliases: [] },
      "`aliases` must be a function",
    ],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => (define as (name: string, handler: unknown) => unknown)(`test/wrong ${what}`, wrong)).to.throw(
        TypeError,
        message,
      );
    });
  }

  it("lets an instance of a class have more", () => {
    class Handler {
      readonly client = {};
      reconcile(): undefined {}
      apply(): void {}
    }
    expect(() => defineTarget("test/class", new Handler())).to.not.throw();
  });
});

describe("declareTargetState", () => {
  const target = defineRecordingTarget();

  it("throws outside a component, and once its component has ended", async () => {
    expect(() => declareTargetState(target.provider, "a", "1"))
      .to.throw()
      .that.includes({ code: "OUTSIDE_COMPONENT" });
    await using test = await createTestEnvironment();
    let late: Promise<unknown> | undefined;
    const ended = Promise.withResolvers<void>();
    await createCountingApp(test).update(async () => {
      const handle = await mount(
        fn({ name: "hasty" }, () => {
          late = ended.promise
            .then(() => declareTargetState(target.provider, "a", "1"))
            .catch((error: unknown) => error);
        }),
      );
      await handle.ready();
      ended.resolve();
      expect(await late).to.include({ code: "COMPONENT_CLOSED" });
    });
    expect(target.outside.size).to.equal(0);
  });

  it("refuses undefined as a value, and a key that is none", async () => {
    await using test = await createTestEnvironment();
    await createCountingApp(test).update(() => {
      expect(() => declareTargetState(target.provider, "a", undefined as never)).to.throw(
        TypeError,
        "its value must be defined",
      );
      expect(() => declareTargetState(target.provider, {} as never, "1")).to.throw(TypeError);
    });
  });

  it("keeps keys of different types apart", async () => {
    await using test = await createTestEnvironment();
    const keys: StableKey[] = [1, "1", 1n, true, null, ["1"], Uint8Array.of(49)];
    await createCountingApp(test).update(() => keys.forEach((key) => declareTargetState(target.provider, key, "1")));
    expect([...target.outside.keys()]).to.have.deep.members(keys);
  });
});
