import { expect } from "chai";
import { App, declareTargetState, fn, mount, useMount, type ComponentFunction } from "../../../lib/index.ts";
import { failureOf } from "../../state/failure-of.ts";
import { createTestEnvironment } from "../../test-environment.ts";
import { defineRecordingTarget } from "../targets/recording-target.ts";
import { run } from "../logged-work.ts";

class Connection {
  readonly #port = 1;

  get port(): number {
    return this.#port;
  }
}

describe("The value of a memoized component", () => {
  const values: readonly (readonly [name: string, value: unknown])[] = [
    ["undefined", undefined],
    ["null", null],
    ["-0", -0],
    ["NaN", Number.NaN],
    ["a bigint", 2n ** 80n],
    ["text", "é\u0000😀"],
    ["a date", new Date(1234)],
    ["bytes", Uint8Array.of(1, 2, 255)],
    ["numbers", Float64Array.of(0.5, -1)],
    [
      "a map",
      new Map<unknown, unknown>([
        ["a", new Map([[1, "one"]])],
        [2n, new Set(["x"])],
      ]),
    ],
    ["a set", new Set([1, "1", null])],
    ["nested data", { a: [{ b: undefined }, [], "__proto__"], c: null }],
  ];
  for (const [name, value] of values) {
    it(`is given back by useMount as it was: ${name}`, async () => {
      await using test = await createTestEnvironment();
      let numRuns = 0;
      const work = fn({ memo: true }, async function work() {
        numRuns++;
        return value;
      });
      const app = new App({ name: "counted", environment: test.environment }, async function main() {
        return { value: await useMount(work) };
      });
      expect(await app.update()).to.deep.equal({ value });
      expect(await app.update()).to.deep.equal({ value });
      expect(numRuns).to.equal(1);
    });
  }

  const unstorable: readonly (readonly [name: string, value: unknown, got: string])[] = [
    ["a function", () => 1, "a function"],
    ["a symbol", Symbol("s"), "a symbol"],
    ["an instance of a class", { deep: [new Connection()] }, "an instance of Connection at .deep[0]"],
    ["a promise in data", [Promise.resolve()], "an instance of Promise at [0]"],
  ];
  for (const [name, value, got] of unstorable) {
    it(`fails useMount with a TypeError when it cannot be stored: ${name}`, async () => {
      await using test = await createTestEnvironment();
      const target = defineRecordingTarget();
      const work = fn({ memo: true }, function work() {
        declareTargetState(target.provider, "key", "a");
        return value;
      });
      const error = await failureOf(
        new App({ name: "counted", environment: test.environment }, () => useMount(work)).update().result(),
      );
      expect(error).to.be.instanceOf(TypeError);
      expect((error as Error).message).to.equal(
        `Cannot memoize \`work\`: its value must be plain data, got ${got}; return data, or leave \`memo\` out`,
      );
      expect(target.outside.size).to.equal(0);
    });

    it(`need not be stored for mount, which is skipped as usual: ${name}`, async () => {
      await using test = await createTestEnvironment();
      const work = fn({ memo: true }, function work() {
        return value;
      });
      await run(test.environment, () => mount(work));
      expect((await run(test.environment, () => mount(work)))["work"]).to.deep.equal({ starts: 1, unchanged: 1 });
    });
  }

  it("is computed for useMount when a mount has stored none", async () => {
    await using test = await createTestEnvironment();
    let value: unknown = () => 1;
    const work = fn({ memo: true }, function work() {
      return value;
    });
    await run(test.environment, () => mount(work));
    value = "storable";
    expect(
      await new App(
        { name: "counted", environment: test.environment },
        named("main", () => useMount(work)),
      ).update(),
    ).to.equal("storable");
  });

  it("is the stored one for useMount after a mount", async () => {
    await using test = await createTestEnvironment();
    let numRuns = 0;
    const work = fn({ memo: true }, function work() {
      return ++numRuns;
    });
    await run(test.environment, () => mount(work));
    const app = new App(
      { name: "counted", environment: test.environment },
      named("main", () => useMount(work)),
    );
    expect(await app.update()).to.equal(1);
  });

  it("is an object of its own for each user, and not that of the function", async () => {
    await using test = await createTestEnvironment();
    const made = { items: ["a"] };
    const work = fn({ memo: true }, function work() {
      return made;
    });
    const app = new App({ name: "counted", environment: test.environment }, async function main() {
      const [one, other] = [await useMount("one", work), await useMount("other", work)];
      one.items.push("b");
      return [one.items, other.items, made.items];
    });
    for (let round = 0; round < 2; round++) {
      expect(await app.update()).to.deep.equal([["a", "b"], ["a"], ["a"]]);
    }
  });

  for (const way of ["mount", "useMount"]) {
    it(`is stored as it was returned, though the function alters it later: ${way}`, async () => {
      await using test = await createTestEnvironment();
      const target = defineRecordingTarget();
      const made: string[] = ["a"];
      target.onApply = () => {
        made.push("b");
      };
      const work = fn({ memo: true }, function work() {
        declareTargetState(target.provider, "key", "a");
        return made;
      });
      await run(test.environment, () => (way === "mount" ? mount(work) : useMount(work)));
      const app = new App({ name: "counted", environment: test.environment }, async function main() {
        return { value: await useMount(work) };
      });
      expect(await app.update()).to.deep.equal({ value: ["a"] });
      expect(made).to.deep.equal(["a", "b"]);
    });
  }

  it("cannot be altered by who has got it", async () => {
    await using test = await createTestEnvironment();
    const work = fn({ memo: true }, function work() {
      return ["a"];
    });
    const app = new App({ name: "counted", environment: test.environment }, async function main() {
      const value = await useMount(work);
      value.push("b");
      return value;
    });
    await app.update();
    await app.update();
    expect(await app.update()).to.deep.equal(["a", "b"]);
  });
});

/** A component function that does not care what it consists of. */
function named<R>(name: string, body: () => R): ComponentFunction<readonly [], R> {
  return fn({ name, logicTracking: "none" }, body);
}
