import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { App, declareTargetState, fn, map, mount } from "../../lib/index.ts";
import { failureOf } from "../state/failure-of.ts";
import { useTestEnvironment } from "../test-environment.ts";
import { createCountingApp } from "./counting-app.ts";
import { defineRecordingTarget } from "./targets/recording-target.ts";

describe("map", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);

  it("gives the results in the order of the items, whichever ends first", async () => {
    async function delayed(turns: number, suffix: string): Promise<string> {
      for (let turn = 0; turn < turns; turn++) await setImmediate();
      return `${turns}${suffix}`;
    }
    async function* items(): AsyncGenerator<number> {
      yield* [3, 1, 2];
    }
    await app.update(async () => {
      expect(await map(delayed, [5, 0, 2], "!")).to.deep.equal(["5!", "0!", "2!"]);
      expect(await map(delayed, items(), "?")).to.deep.equal(["3?", "1?", "2?"]);
      expect(await map((item: number) => item * 2, new Set([1, 2]))).to.deep.equal([2, 4]);
      expect(await map(delayed, [], "")).to.deep.equal([]);
    });
  });

  it("runs the calls side by side, at most as many as components may be in flight", async () => {
    let numRunning = 0;
    let maxRunning = 0;
    const bounded = new App(
      { name: "bounded", environment: test.environment, maxInflightComponents: 4 },
      async function main() {
        await map(
          async () => {
            maxRunning = Math.max(maxRunning, ++numRunning);
            await setImmediate();
            numRunning--;
          },
          Array.from({ length: 50 }),
        );
      },
    );
    await bounded.update();
    expect(maxRunning).to.equal(4);
  });

  it("throws the error of the first failing item in the order of the items, once all calls have ended", async () => {
    const ended: number[] = [];
    async function failing(item: number): Promise<void> {
      for (let turn = 0; turn < 5 - item; turn++) await setImmediate();
      ended.push(item);
      if (item > 1) throw new Error(`item ${item}`);
    }
    await app.update(async () => {
      expect((await failureOf(map(failing, [1, 2, 3]))).message).to.equal("item 2");
    });
    expect(ended).to.deep.equal([3, 2, 1]);
  });

  it("throws the error of the iteration rather than that of a call, once all calls have ended", async () => {
    let hasEnded = false;
    function* items(): Generator<number> {
      yield 1;
      throw new Error("listing failed");
    }
    await app.update(async () => {
      const error = await failureOf(
        map(async () => {
          await setImmediate();
          hasEnded = true;
          throw new Error("call failed");
        }, items()),
      );
      expect(error.message).to.equal("listing failed");
    });
    expect(hasEnded).to.equal(true);
  });

  it("takes a function that throws at once", async () => {
    await app.update(async () => {
      const error = await failureOf(
        map(() => {
          throw new Error("at once");
        }, [1]),
      );
      expect(error.message).to.equal("at once");
    });
  });

  it("is part of the component: it may declare and mount", async () => {
    const target = defineRecordingTarget();
    const leaf = fn(function leaf() {});
    const counts = await app.update(() =>
      map(
        async (text: string) => {
          declareTargetState(target.provider, text, text);
          await mount(text, leaf);
        },
        ["a", "b"],
      ),
    );
    expect([...target.outside.keys()]).to.deep.equal(["a", "b"]);
    expect(counts).to.deep.equal({ leaf: { starts: 2, adds: 2 } });
  });

  it("throws outside a component", async () => {
    expect((await failureOf(() => map(() => {}, []))).code).to.equal("OUTSIDE_COMPONENT");
  });
});
