import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { App, declareTargetState, fn, mount, mountEach, symbolKey, useMount } from "../../lib/index.ts";
import type { StableKey } from "../../lib/index.ts";
import { failureOf } from "../state/failure-of.ts";
import { useTestEnvironment } from "../test-environment.ts";
import { createCountingApp } from "./counting-app.ts";
import { defineRecordingTarget } from "./targets/recording-target.ts";

const target = defineRecordingTarget();

const doc = fn({ memo: true }, function doc(text: string) {
  declareTargetState(target.provider, text, text);
});

describe("mount", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);

  beforeEach(() => {
    target.outside.clear();
  });

  it("runs the function with its arguments", async () => {
    const calls: unknown[][] = [];
    await app.update(async () => {
      await mount(
        function plain(...args: unknown[]) {
          calls.push(args);
        },
        1,
        "two",
        { three: 3 },
      );
      await mount(
        "key",
        fn({ name: "made" }, (...args: unknown[]) => calls.push(args)),
      );
    });
    expect(calls).to.deep.equal([[1, "two", { three: 3 }], []]);
  });

  it("resolves when the work is scheduled, not when it is done", async () => {
    const gate = Promise.withResolvers<void>();
    let isDone = false;
    await app.update(async () => {
      await mount(async function slow() {
        await gate.promise;
        isDone = true;
      });
      expect(isDone).to.equal(false);
      gate.resolve();
    });
    expect(isDone).to.equal(true);
  });

  it("keeps apart keys that look alike", async () => {
    const keys: StableKey[] = [1, "1", true, "true", null, [1], Uint8Array.of(1), symbolKey("1")];
    const counts = await app.update(async () => {
      for (const key of keys) await mount(key, function same() {});
    });
    expect(counts).to.deep.equal({ same: { starts: keys.length, adds: keys.length } });
  });

  it("throws for a path that is taken, and the component goes on", async () => {
    const codes: string[] = [];
    const counts = await app.update(async () => {
      await mount(doc, "a");
      codes.push((await failureOf(mount(doc, "b"))).code);
      await mount("other", doc, "b");
      codes.push((await failureOf(useMount("other", doc, "c"))).code);
    });
    expect(codes).to.deep.equal(["COMPONENT_PATH_TAKEN", "COMPONENT_PATH_TAKEN"]);
    expect(counts).to.deep.equal({ doc: { starts: 2, adds: 2 } });
  });

  it("throws when the function that it is called from has ended", async () => {
    const late = Promise.withResolvers<unknown>();
    const ended = Promise.withResolvers<void>();
    await app.update(async () => {
      const handle = await mount(function early() {
        void ended.promise.then(async () => late.resolve(await failureOf(mount(doc, "late"))));
      });
      await handle.ready();
      ended.resolve();
      expect(await late.promise).to.have.property("code", "COMPONENT_CLOSED");
    });
    expect(target.outside.size).to.equal(0);
  });

  it("throws outside a component, and inside a memoized call", async () => {
    for (const action of [() => mount(doc, "a"), () => useMount(doc, "a"), () => mountEach(doc, [])]) {
      expect((await failureOf(action)).code).to.equal("OUTSIDE_COMPONENT");
    }
    const memoized = fn({ memo: true }, async function memoized() {
      await mount(doc, "a");
    });
    await app.update(async () => {
      expect((await failureOf(() => memoized())).code).to.equal("INSIDE_MEMOIZED_CALL");
    });
  });

  it("throws a TypeError for values that cannot be mounted", async () => {
    const wrong: (() => Promise<unknown>)[] = [
      // @ts-expect-error not a function
      () => mount("key", "not a function"),
      // @ts-expect-error nothing to mount
      () => mount("key"),
      () => mount(() => {}),
      // @ts-expect-error not a key
      () => mount(new Date(), doc, "a"),
      // @ts-expect-error not iterable
      () => mountEach(doc, 5),
      // @ts-expect-error not pairs
      () => mountEach(doc, ["a"]),
    ];
    await app.update(async () => {
      for (const action of wrong) expect(await failureOf(action), action.toString()).to.be.instanceOf(TypeError);
    });
  });

  it("brings about the children's target states before the parent's own", async () => {
    const order: StableKey[] = [];
    target.onApply = (actions) => void order.push(...actions.map(({ key }) => key));
    await app.update(() =>
      mount(async function parent() {
        declareTargetState(target.provider, "parent", "first to be declared");
        void mount(async function child() {
          await setImmediate();
          declareTargetState(target.provider, "child", "last");
        });
      }),
    );
    target.onApply = undefined;
    expect(order).to.deep.equal(["child", "parent"]);
  });

  it("does not block itself at depth 200 with one slot", async () => {
    const deep = fn(async function deep(depth: number): Promise<void> {
      if (depth > 0) await (await mount(deep, depth - 1)).ready();
    });
    const used = fn(async function used(depth: number): Promise<number> {
      return depth === 0 ? 0 : 1 + (await useMount(used, depth - 1));
    });
    let depth = 0;
    const narrow = new App(
      { name: "narrow", environment: test.environment, maxInflightComponents: 1 },
      async function main() {
        await mount(deep, 200);
        depth = await useMount(used, 200);
      },
    );
    const handle = narrow.update();
    await handle;
    expect(depth).to.equal(200);
    expect(handle.stats()?.total.numAdds).to.equal(403);
  });
});

describe("useMount", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);

  it("gives the value once everything below is applied", async () => {
    target.outside.clear();
    await app.update(async () => {
      const value = await useMount(async function section() {
        await mount(doc, "below");
        return { title: "Section" };
      });
      expect(value).to.deep.equal({ title: "Section" });
      expect([...target.outside.keys()]).to.deep.equal(["below"]);
    });
  });

  it("gives the value of a memo hit", async () => {
    let calls = 0;
    const size = fn({ memo: true }, function size(text: string) {
      calls++;
      return { size: text.length, at: new Date(5), tags: new Map([["a", 1n]]) };
    });
    const values: unknown[] = [];
    for (const _run of [1, 2]) await app.update(async () => values.push(await useMount(size, "abc")));
    expect(calls).to.equal(1);
    expect(values[1]).to.deep.equal(values[0]);
  });

  it("throws the child's error to the caller, and to no handler", async () => {
    const error = new RangeError("boom");
    await app.update(async () => {
      const thrown = await failureOf(
        useMount(function broken() {
          throw error;
        }),
      );
      expect(thrown).to.equal(error);
    });
    expect(test.caught).to.deep.equal([]);
  });
});
