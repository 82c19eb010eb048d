import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { App, declareTargetState, fn, mount, mountEach } from "../../../lib/index.ts";
import { failureOf } from "../../state/failure-of.ts";
import { createTestEnvironment } from "../../test-environment.ts";
import { defineRecordingTarget } from "../targets/recording-target.ts";

describe("An aborted run with deletions under way", () => {
  const many = defineRecordingTarget();
  const slow = defineRecordingTarget();

  it("waits for every one of them before it ends (a bug once: it ended with the first to be given up)", async () => {
    await using test = await createTestEnvironment();
    const stop = new AbortController();
    const reason = new Error("enough");
    const gate = Promise.withResolvers<void>();
    await createApp(test.environment, makeAll).update();
    slow.onApply = () => gate.promise;
    many.onApply = () => stop.abort(reason);

    const handle = createApp(test.environment, () => {}).update({ signal: stop.signal });
    let hasEnded = false;
    const result = failureOf(handle.result()).finally(() => (hasEnded = true));
    while (handle.stats()?.byComponent["leaf"]?.numDeletes !== 2000) await setImmediate();
    for (let turn = 0; turn < 200; turn++) await setImmediate();
    expect(hasEnded).to.equal(false);

    gate.resolve();
    expect(await result).to.equal(reason);
    expect(slow.outside.size).to.equal(0);
    const stats = handle.stats();
    expect(stats?.total).to.include({ numInProgress: 0, numErrors: 0 });
    for (let turn = 0; turn < 10; turn++) await setImmediate();
    expect(handle.stats()).to.deep.equal(stats);
  });

  const leaf = fn(function leaf(index: number) {
    declareTargetState(many.provider, index, "value");
  });

  /** More children on one level than are deleted at a time. */
  const parent = fn(async function parent() {
    const items = Array.from({ length: 2400 }, (_, index) => [index, index] as const);
    await mountEach(leaf, items);
  });

  const single = fn(function single() {
    declareTargetState(slow.provider, "slow", "value");
  });

  async function makeAll(): Promise<void> {
    await mount(parent);
    await mount(single);
  }

  function createApp(environment: App["environment"], main: () => unknown): App<never[]> {
    return new App({ name: "app", environment }, fn({ name: "main" }, main));
  }
});
