import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import {
  App,
  declareTargetState,
  fn,
  mount,
  mountEach,
  useMount,
  type MountHandle,
  type StableKey,
} from "../../lib/index.ts";
import { failureOf } from "../state/failure-of.ts";
import { createTestEnvironment, type TestEnvironment } from "../test-environment.ts";
import { createCountingApp, type CountingApp } from "./counting-app.ts";
import { defineRecordingTarget } from "./recording-target.ts";

const target = defineRecordingTarget();

const doc = fn({ memo: true }, function doc(text: string) {
  declareTargetState(target.provider, text, text);
});

describe("mount", () => {
  let test: TestEnvironment;
  let app: CountingApp;

  beforeEach(async () => {
    test = await createTestEnvironment();
    app = createCountingApp(test.environment);
    target.outside.clear();
  });

  afterEach(() => test[Symbol.asyncDispose]());

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
    const keys: StableKey[] = [1, "1", true, 1n, null, [1], Uint8Array.of(1)];
    const counts = await app.update(async () => {
      for (const key of keys)
        await mount(key, function doc() {}).catch((error: unknown) => expect(key).to.equal(1n, String(error)));
    });
    expect(counts["doc"]?.adds).to.be.within(keys.length - 1, keys.length);
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

  it("throws a TypeError for what cannot be mounted", async () => {
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
  let test: TestEnvironment;
  let app: CountingApp;

  beforeEach(async () => {
    test = await createTestEnvironment();
    app = createCountingApp(test.environment);
  });

  afterEach(() => test[Symbol.asyncDispose]());

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

describe("mountEach", () => {
  let test: TestEnvironment;
  let app: CountingApp;

  beforeEach(async () => {
    test = await createTestEnvironment();
    app = createCountingApp(test.environment);
    target.outside.clear();
  });

  afterEach(() => test[Symbol.asyncDispose]());

  it("calls the function with each value and the arguments", async () => {
    const calls: unknown[][] = [];
    const each = fn(function each(...args: [string, number]) {
      calls.push(args);
    });
    await app.update(async () => {
      await mountEach(
        each,
        new Map([
          ["a", "x"],
          ["b", "y"],
        ]),
        7,
      );
      await mountEach(
        "place",
        each,
        (async function* items() {
          yield ["c", "z"] as const;
        })(),
        8,
      );
    });
    expect(calls).to.have.deep.members([
      ["x", 7],
      ["y", 7],
      ["z", 8],
    ]);
  });

  it("takes items only as slots become free", async () => {
    const gates: PromiseWithResolvers<void>[] = [];
    let numTaken = 0;
    let numRunning = 0;
    let maxRunning = 0;
    async function* items(): AsyncGenerator<readonly [number, number]> {
      for (; numTaken < 20;) yield [numTaken++, numTaken];
    }
    const each = fn(async function each(_value: number) {
      maxRunning = Math.max(maxRunning, ++numRunning);
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      await gate.promise;
      numRunning--;
    });
    const bounded = new App(
      { name: "bounded", environment: test.environment, maxInflightComponents: 3 },
      async function main() {
        await mountEach(each, items());
      },
    );
    const handle = bounded.update();
    const result = handle.result();
    for (let numReleased = 0; numReleased < 20; numReleased++) {
      while (gates[numReleased] === undefined) await setImmediate();
      for (let turn = 0; turn < 5; turn++) await setImmediate();
      // Three run, and one more was taken that waits for its slot.
      expect(numTaken).to.be.at.most(numReleased + 4);
      expect(handle.stats()?.total.numQueued).to.be.at.most(1);
      gates[numReleased]!.resolve();
    }
    await result;
    expect(maxRunning).to.equal(3);
    expect(handle.stats()?.total).to.deep.include({ numFinished: 21, numQueued: 0, numInProgress: 0 });
  });

  it("deletes nothing when taking the items fails midway", async () => {
    const error = new Error("listing failed");
    function* items(isBroken: boolean): Generator<readonly [string, string]> {
      yield ["a", "a"];
      if (isBroken) throw error;
      yield ["b", "b"];
      yield ["c", "c"];
    }
    await app.update(() => mountEach(doc, items(false)));
    const counts = await app.update(async () => {
      expect(await failureOf(mountEach(doc, items(true)))).to.equal(error);
    });
    expect(counts).to.deep.equal({ doc: { starts: 1, unchanged: 1 } });
    expect([...target.outside.keys()]).to.deep.equal(["a", "b", "c"]);
    const later = await app.update(() => mountEach(doc, [["a", "a"]]));
    expect(later, "what was kept is not forgotten").to.deep.equal({ doc: { starts: 3, unchanged: 1, deletes: 2 } });
  });

  it("throws for a key that comes twice; what came before runs on, and nothing is deleted", async () => {
    await app.update(() =>
      mountEach(doc, [
        ["a", "a"],
        ["z", "z"],
      ]),
    );
    const counts = await app.update(async () => {
      const twice = [
        ["a", "a"],
        ["b", "b"],
        ["b", "c"],
      ] as const;
      expect((await failureOf(mountEach(doc, twice))).code).to.equal("COMPONENT_PATH_TAKEN");
    });
    expect(counts).to.deep.equal({ doc: { starts: 2, unchanged: 1, adds: 1 } });
    expect([...target.outside.keys()]).to.have.members(["a", "b", "z"]);
  });

  it("closes the items when it ends early", async () => {
    let isClosed = false;
    async function* items(): AsyncGenerator<readonly [string, string]> {
      try {
        yield ["a", "a"];
        yield ["a", "a"];
      } finally {
        isClosed = true;
      }
    }
    await app.update(async () => {
      await failureOf(mountEach(doc, items()));
    });
    expect(isClosed).to.equal(true);
  });

  it("gives a handle that is ready when all items are", async () => {
    const done: number[] = [];
    const each = fn(async function each(value: number) {
      await setImmediate();
      done.push(value);
    });
    await app.update(async () => {
      const handle: MountHandle = await mountEach(each, [
        [1, 1],
        [2, 2],
        [3, 3],
      ]);
      await handle.ready();
      expect(done).to.have.members([1, 2, 3]);
      await (await mountEach("none", each, [])).ready();
    });
  });
});
