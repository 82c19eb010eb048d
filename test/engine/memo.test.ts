import { expect } from "chai";
import { mkdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mountDirTarget, walkDir, type DirTarget, type File } from "../../lib/connectors/localfs/index.ts";
import {
  App,
  declareTargetState,
  fn,
  memoKey,
  memoState,
  mount,
  mountEach,
  useMount,
  type ComponentFunction,
  type Environment,
  type MemoState,
} from "../../lib/index.ts";
import type { Counts } from "../counts.ts";
import { failureOf } from "../state/failure-of.ts";
import { createTempFolder } from "../temp-folder.ts";
import { createTestEnvironment } from "../test-environment.ts";
import { createCountingApp } from "./counting-app.ts";
import { defineRecordingTarget } from "./recording-target.ts";

describe("Component memo", () => {
  it("skips a component that has nothing new, and keeps what it declared", async () => {
    await using test = await createTestEnvironment();
    const target = defineRecordingTarget();
    const work = fn({ memo: true }, function work(value: string) {
      declareTargetState(target.provider, "key", value);
    });
    const update = (): Promise<Record<string, Counts>> => run(test.environment, () => mount(work, "a"));
    expect(await update()).to.deep.include({ work: { starts: 1, adds: 1 } });
    expect(await update()).to.deep.include({ work: { starts: 1, unchanged: 1 } });
    expect(target.changes).to.have.length(1);
    expect([...target.outside]).to.deep.equal([["key", "a"]]);
  });

  it("runs a component without `memo` every time", async () => {
    await using test = await createTestEnvironment();
    const work = fn(function work() {});
    await run(test.environment, () => mount(work));
    expect(await run(test.environment, () => mount(work))).to.deep.include({ work: { starts: 1, reprocesses: 1 } });
  });

  it("runs again when an argument is changed, added or left out", async () => {
    await using test = await createTestEnvironment();
    const ran: unknown[][] = [];
    const work = fn({ memo: true }, function work(...args: unknown[]) {
      ran.push(args);
    });
    const calls = [["a"], ["a"], ["a", undefined], ["a", { b: [1] }], ["a", { b: [1] }], ["a", { b: ["1"] }], []];
    for (const args of calls) await run(test.environment, () => mount(work, ...args));
    expect(ran).to.deep.equal([["a"], ["a", undefined], ["a", { b: [1] }], ["a", { b: ["1"] }], []]);
  });

  it("remembers the last arguments only", async () => {
    await using test = await createTestEnvironment();
    const { ran, work } = createLog();
    for (const argument of ["a", "b", "a"]) await run(test.environment, () => mount(work, argument));
    expect(ran).to.deep.equal(["a", "b", "a"]);
  });

  it("belongs to the place where it is mounted", async () => {
    await using test = await createTestEnvironment();
    const { ran, work } = createLog();
    await run(test.environment, () => mount("one", work, "a"));
    await run(test.environment, () => mount("other", work, "a"));
    expect(ran).to.deep.equal(["a", "a"]);
  });

  it("is left out of account by fullReprocess, and holds again afterwards", async () => {
    await using test = await createTestEnvironment();
    const target = defineRecordingTarget();
    const { ran, work } = createLog((value) => declareTargetState(target.provider, value, value));
    const app = new App({ name: "counted", environment: test.environment }, function main() {
      return mount(work, "a");
    });
    for (const fullReprocess of [false, false, true, false]) await app.update({ fullReprocess });
    expect(ran).to.deep.equal(["a", "a"]);
    expect(target.batches).to.have.length(2);
  });

  it("holds in another environment on the same store", async () => {
    await using folder = await createTempFolder();
    const { ran, work } = createLog();
    for (let round = 0; round < 2; round++) {
      await using test = await createTestEnvironment({ dbPath: join(folder.path, "db") });
      await run(test.environment, () => mount(work, "a"));
    }
    expect(ran).to.deep.equal(["a"]);
  });

  it("is not made when the function throws, and an older one is not used in its place", async () => {
    await using test = await createTestEnvironment();
    let isBroken = false;
    const { ran, work } = createLog(() => {
      if (isBroken) throw new Error("broken");
    });
    for (const broken of [false, true, true, false, false]) {
      isBroken = broken;
      await run(test.environment, () => mount(work, broken ? "b" : "a"));
    }
    expect(ran).to.deep.equal(["a", "b", "b"]);
    expect(test.caught).to.have.length(2);
  });
});

describe("A memoized component with children", () => {
  it("skips all that is below it", async () => {
    await using test = await createTestEnvironment();
    const { ran, work } = createLog();
    const parent = fn({ memo: true }, function parent() {
      return mountEach(
        work,
        ["a", "b"].map((key) => [key, key] as const),
      );
    });
    await run(test.environment, () => mount(parent));
    const counts = await run(test.environment, () => mount(parent));
    expect(ran).to.deep.equal(["a", "b"]);
    expect(counts).to.deep.equal({ parent: { starts: 1, unchanged: 1 } });
  });

  for (const depth of [1, 2, 3]) {
    it(`runs again as long as a component ${depth} below it has failed, though nobody has awaited it`, async () => {
      await using test = await createTestEnvironment();
      let isBroken = true;
      let numRuns = 0;
      const leaf = fn({ memo: true }, function leaf() {
        numRuns++;
        if (isBroken) throw new Error("broken");
      });
      const level = fn({ memo: true }, async function level(rest: number): Promise<void> {
        if (rest === 1) void mount(leaf);
        else void mount(level, rest - 1);
      });
      const update = (): Promise<Record<string, Counts>> => run(test.environment, () => mount(level, depth));
      await update();
      expect((await update())["level"]).to.deep.equal({ starts: depth, reprocesses: depth });
      isBroken = false;
      expect((await update())["level"]).to.deep.equal({ starts: depth, reprocesses: depth });
      expect((await update())["level"]).to.deep.equal({ starts: 1, unchanged: 1 });
      expect(numRuns).to.equal(3);
    });
  }

  it("keeps its memo when a child's failure is not new but gone", async () => {
    await using test = await createTestEnvironment();
    const parent = fn({ memo: true }, async function parent(isBroken: boolean) {
      await mount(
        fn({ name: "child" }, () => {
          if (isBroken) throw new Error("broken");
        }),
      );
    });
    await run(test.environment, () => mount(parent, true));
    await run(test.environment, () => mount(parent, false));
    expect((await run(test.environment, () => mount(parent, false)))["parent"]).to.deep.equal({
      starts: 1,
      unchanged: 1,
    });
  });

  it("makes no memo when a used child has failed, though it caught the error", async () => {
    await using test = await createTestEnvironment();
    const child = fn(function child() {
      throw new Error("broken");
    });
    const parent = fn({ memo: true }, function parent() {
      return useMount(child).catch(() => "fallback");
    });
    await run(test.environment, () => mount(parent));
    expect((await run(test.environment, () => mount(parent)))["parent"]).to.deep.equal({ starts: 1, reprocesses: 1 });
  });
});

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
    ["an instance of a class", { deep: [new (class Connection {})()] }, "an instance of Connection at .deep[0]"],
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

describe("Memo states", () => {
  it("decide with the state of the last run whether a memo holds", async () => {
    await using test = await createTestEnvironment();
    const asked: unknown[] = [];
    const { ran, work } = createLog();
    const update = (state: unknown, isValid: boolean): Promise<unknown> =>
      run(test.environment, () =>
        mount(
          work,
          createDocument("a", (previous) => (asked.push(previous), { state, isValid })),
        ),
      );
    await update("first", false);
    await update("second", true);
    await update("third", true);
    await update("fourth", false);
    await update("fifth", true);
    expect(ran).to.have.length(2);
    expect(asked).to.deep.equal([undefined, "first", "second", "third", undefined, "fourth"]);
  });

  it("all have to hold, and each is asked with its own", async () => {
    await using test = await createTestEnvironment();
    const asked: string[] = [];
    const { ran, work } = createLog();
    const document = (key: string, isValid: boolean): unknown =>
      createDocument(
        key,
        (previous) => (asked.push(`${key}:${String(previous)}`), { state: `state of ${key}`, isValid }),
      );
    await run(test.environment, () => mount(work, [document("a", true), document("b", true)]));
    await run(test.environment, () => mount(work, [document("a", true), document("b", true)]));
    expect(ran).to.have.length(1);
    await run(test.environment, () => mount(work, [document("a", true), document("b", false)]));
    expect(ran).to.have.length(2);
    expect(asked.slice(2, 4)).to.deep.equal(["a:state of a", "b:state of b"]);
  });

  it("may need time", async () => {
    await using test = await createTestEnvironment();
    const { ran, work } = createLog();
    const document = (isValid: boolean): unknown =>
      createDocument("a", async () => {
        await new Promise(setImmediate);
        return { state: 1, isValid };
      });
    for (const isValid of [true, true, false, true]) await run(test.environment, () => mount(work, document(isValid)));
    expect(ran).to.have.length(2);
  });

  it("that throw fail their own component, with nothing lost, until they work again", async () => {
    await using test = await createTestEnvironment();
    const target = defineRecordingTarget();
    const { ran, work } = createLog(() => declareTargetState(target.provider, "key", "a"));
    const error = new Error("cannot look");
    let fails = false;
    const document = createDocument("a", () => {
      if (fails) throw error;
      return { state: 1, isValid: true };
    });
    await run(test.environment, () => mount(work, document));
    fails = true;
    expect((await run(test.environment, () => mount(work, document)))["work"]).to.deep.equal({ starts: 1, errors: 1 });
    expect(test.caught.map((caught) => caught.error)).to.deep.equal([error]);
    expect([...target.outside.keys()]).to.deep.equal(["key"]);
    fails = false;
    expect((await run(test.environment, () => mount(work, document)))["work"]).to.deep.equal({
      starts: 1,
      unchanged: 1,
    });
    expect(ran).to.have.length(1);
  });

  it("that reject do so as well", async () => {
    await using test = await createTestEnvironment();
    const { work } = createLog();
    const error = new Error("cannot look");
    const document = createDocument("a", (previous) =>
      previous === undefined ? { state: 1, isValid: true } : Promise.reject(error),
    );
    await run(test.environment, () => mount(work, document));
    const counts = await run(test.environment, () => mount(work, document));
    expect(counts["work"]).to.deep.equal({ starts: 1, errors: 1 });
    expect(test.caught.map((caught) => caught.error)).to.deep.equal([error]);
  });

  it("are not asked when the arguments differ anyway", async () => {
    await using test = await createTestEnvironment();
    const asked: unknown[] = [];
    const { work } = createLog();
    const document = createDocument("a", (previous) => (asked.push(previous), { state: 1, isValid: true }));
    await run(test.environment, () => mount(work, [document, 1]));
    await run(test.environment, () => mount(work, [document, 2]));
    expect(asked).to.deep.equal([undefined, undefined]);
  });
});

describe("Files as arguments", () => {
  it("are not read when their time and size are as they were", async () => {
    await using test = await createTestEnvironment();
    await using site = await createSite(test.environment, { "a.txt": "one" });
    await site.update();
    site.write("a.txt", "two", OLD);
    expect((await site.update())["publish"]).to.deep.equal({ starts: 1, unchanged: 1 });
  });

  it("count as unchanged when only their time has changed, and their targets are not touched", async () => {
    await using test = await createTestEnvironment();
    await using site = await createSite(test.environment, { "a.txt": "one", "b.txt": "two" });
    await site.update();
    const before = site.published("a.txt");
    site.write("a.txt", "one", NEW);
    expect((await site.update())["publish"]).to.deep.equal({ starts: 2, unchanged: 2 });
    const after = site.published("a.txt");
    expect([after.ino, after.mtimeMs]).to.deep.equal([before.ino, before.mtimeMs]);
    site.write("a.txt", "ONE", NEW);
    expect((await site.update())["publish"], "the new time is on record").to.deep.equal({ starts: 2, unchanged: 2 });
  });

  it("have their component run when their content has changed", async () => {
    await using test = await createTestEnvironment();
    await using site = await createSite(test.environment, { "a.txt": "one", "b.txt": "two" });
    await site.update();
    site.write("a.txt", "ONE", NEW);
    expect((await site.update())["publish"]).to.deep.equal({ starts: 2, unchanged: 1, reprocesses: 1 });
    site.write("a.txt", "longer", NEW);
    expect((await site.update())["publish"]).to.deep.equal({ starts: 2, unchanged: 1, reprocesses: 1 });
  });
});

describe("Changed logic", () => {
  const variants: readonly (readonly [
    name: string,
    one: ComponentFunction<readonly [], unknown>,
    other: ComponentFunction<readonly [], unknown>,
  ])[] = [
    ["source", fn({ memo: true, name: "work" }, () => 1), fn({ memo: true, name: "work" }, () => 2)],
    [
      "version",
      fn({ memo: true, name: "work", version: 1 }, () => 1),
      fn({ memo: true, name: "work", version: 2 }, () => 1),
    ],
    [
      "deps",
      fn({ memo: true, name: "work", deps: ["a"] }, () => 1),
      fn({ memo: true, name: "work", deps: ["b"] }, () => 1),
    ],
  ];
  for (const [name, one, other] of variants) {
    it(`runs a component again though both functions are loaded: ${name}`, async () => {
      await using test = await createTestEnvironment();
      await run(test.environment, () => mount(one));
      expect((await run(test.environment, () => mount(other)))["work"]).to.deep.equal({ starts: 1, reprocesses: 1 });
      expect((await run(test.environment, () => mount(other)))["work"]).to.deep.equal({ starts: 1, unchanged: 1 });
    });
  }

  it("does not matter where the version is the same", async () => {
    await using test = await createTestEnvironment();
    await run(test.environment, () => mount(fn({ memo: true, name: "work", version: 1 }, () => 1)));
    const counts = await run(test.environment, () => mount(fn({ memo: true, name: "work", version: 1 }, () => 2)));
    expect(counts["work"]).to.deep.equal({ starts: 1, unchanged: 1 });
  });

  it("does not matter where logicTracking is none", async () => {
    await using test = await createTestEnvironment();
    await run(test.environment, () => mount(fn({ memo: true, name: "work", logicTracking: "none" }, () => 1)));
    const counts = await run(test.environment, () =>
      mount(fn({ memo: true, name: "work", logicTracking: "none" }, () => 2)),
    );
    expect(counts["work"]).to.deep.equal({ starts: 1, unchanged: 1 });
  });

  it("counts for a function that is not memoized any more", async () => {
    await using test = await createTestEnvironment();
    const { ran } = createLog();
    const create = (memo: boolean): ComponentFunction<readonly [], unknown> =>
      fn({ memo, name: "work", version: 1 }, () => ran.push(memo));
    for (const memo of [true, false, true, true]) await run(test.environment, () => mount(create(memo)));
    expect(ran).to.deep.equal([true, false, true]);
  });
});

const OLD = new Date("2020-01-01T00:00:00Z");
const NEW = new Date("2021-01-01T00:00:00Z");

function run(environment: Environment, body: () => unknown): Promise<Record<string, Counts>> {
  return createCountingApp(environment).update(body);
}

/** A component function that does not care what it consists of. */
function named<R>(name: string, body: () => R): ComponentFunction<readonly [], R> {
  return fn({ name, logicTracking: "none" }, body);
}

/** A memoized function that notes what it was run with. */
function createLog(body: (argument: string) => void = () => {}) {
  const ran: unknown[] = [];
  const work = fn({ memo: true }, function work(argument: unknown) {
    ran.push(argument);
    body(argument as string);
  });
  return { ran, work };
}

function createDocument(key: string, state: (previous: unknown) => MemoState | Promise<MemoState>): unknown {
  return { [memoKey]: () => key, [memoState]: state };
}

/** Files, and an app that puts a copy of each into another folder. */
async function createSite(environment: Environment, files: Readonly<Record<string, string>>) {
  const folder = await createTempFolder();
  const [source, out] = [join(folder.path, "source"), join(folder.path, "out")];
  mkdirSync(source);
  const publish = fn({ memo: true }, async function publish(file: File, target: DirTarget) {
    target.declareFile(file.path, await file.text());
  });
  const write = (path: string, content: string, modifiedAt: Date): void => {
    writeFileSync(join(source, path), content);
    utimesSync(join(source, path), modifiedAt, modifiedAt);
  };
  for (const [path, content] of Object.entries(files)) write(path, content, OLD);
  return {
    write,
    published: (path: string) => statSync(join(out, path)),
    update: () => run(environment, async () => mountEach(publish, walkDir(source).items(), await mountDirTarget(out))),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
