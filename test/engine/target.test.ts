import { expect } from "chai";
import { declareTargetState, defineTarget, fn, mount, type StableKey } from "../../lib/index.ts";
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
