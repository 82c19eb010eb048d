import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { declareTargetState, fn, LiveMap, mountEach } from "../../../lib/index.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { LiveWatch } from "./live-watch.ts";
import { defineRecordingTarget } from "../targets/recording-target.ts";

describe("A live run", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = defineRecordingTarget();
  const doc = fn({ memo: true }, function doc(text: string) {
    declareTargetState(target.provider, text, text);
  });

  beforeEach(() => {
    target.outside.clear();
    target.onApply = undefined;
  });

  it("lets one item take over a target state of another, in either order of the changes", async () => {
    const out = fn(function out({ key, text }: { key: string; text: string }) {
      declareTargetState(target.provider, key, text);
    });
    const items = new LiveMap<string, { key: string; text: string }>([
      ["a", { key: "x", text: "a" }],
      ["b", { key: "y", text: "b" }],
    ]);
    const handle = app.withMain(() => mountEach(out, items)).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(2);
    items.delete("a");
    items.set("c", { key: "x", text: "c" });
    await watch.untilReady(4);
    expect(Object.fromEntries(target.outside)).to.deep.equal({ x: "c", y: "b" });
    items.set("d", { key: "y", text: "d" });
    items.delete("b");
    await watch.untilReady(6);
    expect(Object.fromEntries(target.outside)).to.deep.equal({ x: "c", y: "d" });
    await handle.stop();
    expect(handle.failures()).to.deep.equal([]);
  });

  it("lets an item take over a target state of another that is about to be removed", async () => {
    const gate = Promise.withResolvers<void>();
    const applying = Promise.withResolvers<void>();
    const items = new LiveMap<string, string>([["a", "x1"]]);
    const handle = app.withMain(() => mountEach(doc, items)).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(1);
    target.onApply = (actions) => {
      if (!actions.some(({ key }) => key === "x2")) return undefined;
      applying.resolve();
      return gate.promise;
    };
    items.set("a", "x2");
    await applying.promise;
    items.delete("a");
    items.set("b", "x2");
    await watch.until(({ stats }) => stats.total.numExecutionStarts === 4);
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    gate.resolve();
    await watch.untilReady(4);
    expect([...target.outside.keys()]).to.deep.equal(["x2"]);
    await handle.stop();
    expect(handle.failures()).to.deep.equal([]);
  });
});
