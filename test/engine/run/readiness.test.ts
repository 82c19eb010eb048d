import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { declareTargetState, fn, mount, mountEach } from "../../../lib/index.ts";
import { Readiness } from "../../../lib/engine/run/readiness.ts";
import { failureOf } from "../../state/failure-of.ts";
import { createTestEnvironment, useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { useRecordingTarget } from "../targets/recording-target.ts";

describe("Readiness", () => {
  it("comes when it is closed and nothing is in progress", async () => {
    let numReady = 0;
    const readiness = new Readiness(() => numReady++);
    readiness.enter();
    readiness.enter();
    readiness.leave();
    readiness.close();
    expect([readiness.isReady, numReady]).to.deep.equal([false, 0]);
    const waiting = Promise.all([readiness.wait(), readiness.wait()]);
    readiness.leave();
    expect([readiness.isReady, numReady]).to.deep.equal([true, 1]);
    await waiting;
    await readiness.wait();
  });

  it("does not come before it is closed", () => {
    const readiness = new Readiness();
    readiness.enter();
    readiness.leave();
    expect(readiness.isReady).to.equal(false);
    readiness.close();
    readiness.close();
    expect(readiness.isReady).to.equal(true);
  });

  it("waits for work that work in progress adds after it was closed", () => {
    const readiness = new Readiness();
    readiness.enter();
    readiness.close();
    readiness.enter();
    readiness.leave();
    expect(readiness.isReady).to.equal(false);
    readiness.leave();
    expect(readiness.isReady).to.equal(true);
  });
});

describe("MountHandle.ready", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();

  const leaf = fn(async function leaf(text: string) {
    await setImmediate();
    declareTargetState(target.provider, text, text);
  });

  const tree = fn(async function tree(depth: number): Promise<void> {
    declareTargetState(target.provider, `tree ${depth}`, "here");
    if (depth > 0) await mount(tree, depth - 1);
    void mountEach(leaf, [[1, `leaf ${depth}`]]);
  });

  it("resolves when the component and all below it are applied, also a second time", async () => {
    await app.update(async () => {
      const handle = await mount(tree, 3);
      expect(target.outside.has("tree 3")).to.equal(false);
      await handle.ready();
      expect(target.outside.size).to.equal(8);
      await handle.ready();
    });
  });

  it("is all that a handle has: no caller can end or hold up the mounted components", async () => {
    await app.update(async () => {
      for (const handle of [await mount(tree, 0), await mountEach(leaf, [[2, "leaf"]])]) {
        const names = Object.getOwnPropertyNames(Object.getPrototypeOf(handle));
        expect([...names, ...Object.keys(handle)].toSorted()).to.deep.equal(["constructor", "ready"]);
      }
    });
  });

  it("resolves for a memo hit", async () => {
    const doc = fn({ memo: true }, function doc() {});
    const runs = [];
    for (const _run of [1, 2]) runs.push(await app.update(async () => (await mount(doc)).ready()));
    expect(runs).to.deep.equal([{ doc: { starts: 1, adds: 1 } }, { doc: { starts: 1, unchanged: 1 } }]);
  });

  it("resolves after a failure that was swallowed", async () => {
    await app.update(async () => {
      const handle = await mount(function broken() {
        throw new Error("boom");
      });
      await handle.ready();
      expect(test.caught).to.have.length(1);
    });
  });

  it("waits for the exception handler", async () => {
    const log: string[] = [];
    await using other = await createTestEnvironment({
      onException: async () => {
        await setImmediate();
        log.push("handled");
      },
    });
    await createCountingApp(other).update(async () => {
      const handle = await mountEach(
        fn(function broken(_value: number) {
          throw new Error("boom");
        }),
        [[1, 1]],
      );
      await handle.ready();
      log.push("ready");
    });
    expect(log).to.deep.equal(["handled", "ready"]);
  });

  it("does not wait for siblings", async () => {
    const gate = Promise.withResolvers<void>();
    await app.update(async () => {
      await mount("slow", async function slow() {
        await gate.promise;
      });
      await (await mount("quick", leaf, "quick")).ready();
      expect([...target.outside.keys()]).to.deep.equal(["quick"]);
      gate.resolve();
    });
  });

  it("throws an error that no handler has swallowed, every time", async () => {
    const error = new Error("thrown on");
    await using other = await createTestEnvironment({
      onException: () => {
        throw error;
      },
    });
    await createCountingApp(other).update(async () => {
      const handle = await mount(function broken() {
        throw new Error("boom");
      });
      expect(await failureOf(handle.ready())).to.equal(error);
      expect(await failureOf(handle.ready())).to.equal(error);
    });
  });
});
