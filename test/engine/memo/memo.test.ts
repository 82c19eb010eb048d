import { expect } from "chai";
import { join } from "node:path";
import { App, declareTargetState, fn, mount, mountEach, useMount, type ComponentFunction } from "../../../lib/index.ts";
import type { Counts } from "../../counts.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { createTestEnvironment } from "../../test-environment.ts";
import { defineRecordingTarget } from "../targets/recording-target.ts";
import { createLog, run } from "../logged-work.ts";

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
