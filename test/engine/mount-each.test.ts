import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { App, declareTargetState, fn, mountEach, type MountHandle } from "../../lib/index.ts";
import { failureOf } from "../state/failure-of.ts";
import { useTestEnvironment } from "../test-environment.ts";
import { createCountingApp } from "./counting-app.ts";
import { defineRecordingTarget } from "./targets/recording-target.ts";

const target = defineRecordingTarget();

const doc = fn({ memo: true }, function doc(text: string) {
  declareTargetState(target.provider, text, text);
});

describe("mountEach", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);

  beforeEach(() => {
    target.outside.clear();
  });

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
