import { expect } from "chai";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  App,
  declareTargetState,
  defineTarget,
  fn,
  mount,
  mountEach,
  type StableKey,
  type TidemarkError,
} from "../../../lib/index.ts";
import { countsByComponent } from "../../counts.ts";
import { startChild } from "../../state/child-process.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { createTestEnvironment, useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { createDeclaringComponents, type States } from "./declaring-components.ts";
import { defineRecordingTarget, useRecordingTarget } from "./recording-target.ts";

describe("A target", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();

  const { declareAll } = createDeclaringComponents(target);
  const declare = fn(function declare(states: States) {
    declareAll(states);
  });
  const update = (states: States, fullReprocess = false) =>
    app.update(() => mount("one", declare, states), { fullReprocess });
  /** What `reconcile` was asked since the last look. */
  const asked = (): unknown[] =>
    target.changes.splice(0).map(({ key, desired, previous, mayBeMissing }) => [key, desired, previous, mayBeMissing]);
  const applied = (): unknown[] =>
    target.batches.splice(0).map((batch) => batch.map(({ kind, key }) => `${kind} ${key as string}`));

  describe("is asked what to do", () => {
    it("for a new state: there is no record, and it may be missing outside", async () => {
      await update({ a: "1" });
      expect(asked()).to.deep.equal([["a", "1", [], true]]);
      expect(applied()).to.deep.equal([["write a"]]);
    });

    it("for a state that is as it was, and is not applied when there is nothing to do", async () => {
      await update({ a: "1" });
      asked();
      applied();
      await update({ a: "1" });
      expect(asked()).to.deep.equal([["a", "1", ["1"], false]]);
      expect(applied()).to.deep.equal([]);
    });

    it("for a changed one, with the one record there is", async () => {
      await update({ a: "1", b: "1" });
      asked();
      await update({ a: "2", b: "1" });
      expect(asked()).to.have.deep.members([
        ["a", "2", ["1"], false],
        ["b", "1", ["1"], false],
      ]);
    });

    it("for a state that is no longer declared, before the declared ones", async () => {
      await update({ a: "1", b: "1" });
      asked();
      applied();
      await update({ c: "1" });
      expect(asked()).to.have.deep.members([
        ["a", undefined, ["1"], false],
        ["b", undefined, ["1"], false],
        ["c", "1", [], true],
      ]);
      const [batch] = applied() as string[][];
      expect(batch!.at(-1)).to.equal("write c");
      expect(Object.fromEntries(target.outside)).to.deep.equal({ c: "1" });
    });

    it("in a full run as if the records could not be trusted", async () => {
      await update({ a: "1" });
      asked();
      applied();
      await update({ a: "1" }, true);
      expect(asked()).to.deep.equal([["a", "1", ["1"], true]]);
      expect(applied()).to.deep.equal([["write a"]]);
    });

    it("after a failure with every state that may be outside, newest last", async () => {
      await update({ a: "1", b: "1" });
      target.onApply = () => {
        throw new Error("half done");
      };
      await update({ a: "2", c: "1" });
      await update({ a: "3", c: "1" });
      target.onApply = undefined;
      asked();
      await update({ a: "1" });
      const questions = asked();
      expect(questions).to.deep.include(["a", "1", ["1", "2", "3"], false]);
      expect(questions).to.deep.include(["b", undefined, ["1"], true]);
      expect(questions).to.deep.include(["c", undefined, ["1"], true]);
      expect(Object.fromEntries(target.outside)).to.deep.equal({ a: "1" });
      await update({ a: "1" });
      expect(asked()).to.deep.equal([["a", "1", ["1"], false]]);
    });

    it("never when its function has thrown: nothing that it declared is written, nothing of before is removed", async () => {
      const failing = fn({ name: "declare" }, (states: Readonly<Record<string, string>>) => {
        for (const [key, value] of Object.entries(states)) declareTargetState(target.provider, key, value);
        throw new Error("broken");
      });
      await update({ a: "1" });
      asked();
      await app.update(() => mount("one", failing, { a: "2", b: "1" }));
      expect(asked()).to.deep.equal([]);
      expect(Object.fromEntries(target.outside)).to.deep.equal({ a: "1" });
    });
  });

  describe("whose reconcile throws", () => {
    it("fails the component that declared the state, and no other", async () => {
      const error = new Error("no idea");
      target.onReconcile = ({ key }) => {
        if (key === "bad") throw error;
      };
      const items = ["a", "bad", "b", "c"].map((key) => [key, { [key]: "1" }] as const);
      expect(await app.update(() => mountEach(declare, items))).to.deep.equal({
        declare: { starts: 4, adds: 3, errors: 1 },
      });
      expect(test.caught.map((caught) => caught.error)).to.deep.equal([error]);
      expect([...target.outside.keys()]).to.have.members(["a", "b", "c"]);
      target.onReconcile = undefined;
      await app.update(() => mountEach(declare, items));
      expect(target.outside.has("bad")).to.equal(true);
    });
  });

  describe("is given actions in batches", () => {
    it("that many components share while one is in progress, in the order of their ends", async () => {
      const release = Promise.withResolvers<void>();
      const started = Promise.withResolvers<void>();
      const marker = defineRecordingTarget();
      const mark = fn(function mark() {
        declareTargetState(marker.provider, "key", "1");
      });
      target.onApply = () => {
        started.resolve();
        return release.promise;
      };
      await app.update(async () => {
        await mount("first", declare, { first: "1" });
        await started.promise;
        for (const key of ["a", "b", "c", "d"]) await mount(key, declare, { [`${key}1`]: "1", [`${key}2`]: "1" });
        // The store commits in order: once this one is applied, the others have come to their target.
        await (await mount("marker", mark)).ready();
        release.resolve();
      });
      const batches = applied() as string[][];
      expect(batches[0]).to.deep.equal(["write first"]);
      expect(batches).to.have.length(2);
      expect(batches[1]).to.deep.equal(["a1", "a2", "b1", "b2", "c1", "c2", "d1", "d2"].map((key) => `write ${key}`));
    });

    it("of at most 1,000 actions, unless one component has more", async () => {
      const many = (prefix: string, count: number) =>
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, "1"]));
      const items = Array.from({ length: 300 }, (_, index) => [index, many(`k${index}-`, 10)] as const);
      await app.update(() => mountEach(declare, items));
      expect(target.outside.size).to.equal(3000);
      expect(Math.max(...target.batches.map((batch) => batch.length))).to.be.at.most(1000);
      target.batches.length = 0;
      await app.update(() => mount("large", declare, many("large", 2500)));
      expect(Math.max(...target.batches.map((batch) => batch.length))).to.equal(2500);
    });

    it("of which one failing action fails only its own component", async () => {
      const error = new Error("cannot write");
      target.onApply = (actions) => {
        if (actions.some(({ key }) => (key as string).startsWith("bad"))) throw error;
      };
      const keys = Array.from({ length: 40 }, (_, index) => (index % 10 === 5 ? `bad${index}` : `good${index}`));
      const counts = await app.update(() =>
        mountEach(
          declare,
          keys.map((key) => [key, { [key]: "1" }] as const),
        ),
      );
      expect(counts).to.deep.equal({ declare: { starts: 40, adds: 36, errors: 4 } });
      expect(target.outside.size).to.equal(36);
      expect(new Set(test.caught.map((caught) => caught.error))).to.deep.equal(new Set([error]));
    });

    it("one after the other", async () => {
      let numRunning = 0;
      target.onApply = async () => {
        expect(++numRunning).to.equal(1);
        await new Promise(setImmediate);
        numRunning--;
      };
      const counts = await app.update(() =>
        mountEach(
          declare,
          Array.from({ length: 200 }, (_, key) => [key, { [key]: "1" }] as const),
        ),
      );
      expect(counts).to.deep.equal({ declare: { starts: 200, adds: 200 } });
    });
  });

  describe("beside another in one component", () => {
    it("has removals applied before the other is written to", async () => {
      const other = defineRecordingTarget();
      const log: string[] = [];
      const both = fn(function both(inFirst: boolean) {
        declareTargetState(target.provider, inFirst ? "taken" : "kept", "1");
        declareTargetState(other.provider, inFirst ? "kept" : "taken", "1");
      });
      const watch = (name: string, subject: typeof target) => {
        subject.onApply = async (actions) => {
          for (const { key, kind } of actions) log.push(`${name} ${kind} ${key as string}`);
          await new Promise(setImmediate);
        };
      };
      await app.update(() => mount("one", both, true));
      watch("first", target);
      watch("other", other);
      await app.update(() => mount("one", both, false));
      expect(log.slice(0, 2)).to.have.members(["first remove taken", "other remove kept"]);
      expect(log.slice(2)).to.have.members(["first write kept", "other write taken"]);
    });
  });

  describe("that is not defined any more", () => {
    it("is an error of the removal, which is tried again by the next run", async () => {
      await using folder = await createTempFolder();
      const dbPath = join(folder.path, "db");
      // A process that has the module, and ends; then this one, which has not.
      await using child = startChild(new URL("../module-process.ts", import.meta.url), [
        await writeModule(folder.path),
        dbPath,
        "declare",
      ]);
      await once(child.process, "close");
      expect(child.errors()).to.equal("");
      await using store = await createTestEnvironment({ dbPath });
      const edited = new App({ name: "edited", environment: store.environment }, function main() {});
      for (let round = 1; round <= 2; round++) {
        const handle = edited.update();
        await handle;
        expect(countsByComponent(handle.stats())["user"]).to.deep.equal({ starts: 1, errors: 1 });
        const error = store.caught[round - 1]!.error as TidemarkError;
        expect(error.code).to.equal("TARGET_UNDEFINED");
        expect(error.message).to.include('"test/elsewhere"').and.to.include("import the module that defines it");
      }
      const removed: StableKey[] = [];
      defineTarget("test/elsewhere", {
        reconcile: ({ key }) => ({ action: key, tracking: undefined }),
        apply: (actions: readonly StableKey[]) => void removed.push(...actions),
      });
      const handle = edited.update();
      await handle;
      expect(countsByComponent(handle.stats())["user"]).to.deep.equal({ starts: 1, deletes: 1 });
      expect(removed).to.deep.equal(["key"]);
    });
  });
});

/** Writes a module with a target of its own; gives its path. */
async function writeModule(folder: string): Promise<string> {
  const path = join(folder, "elsewhere.mjs");
  await writeFile(
    path,
    `import { declareTargetState, defineTarget, fn, mount } from ${JSON.stringify(new URL("../../../lib/index.ts", import.meta.url).href)};
    const target = defineTarget("test/elsewhere", { reconcile: () => ({ action: 1, tracking: 1 }), apply: () => {} });
    const user = fn(function user() { declareTargetState(target, "key", 1); });
    export const ran = [];
    export const main = fn(async function main() { await mount(user); });`,
  );
  return path;
}
