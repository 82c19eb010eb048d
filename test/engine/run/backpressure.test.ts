import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { componentSubpath, declareTargetState, defineTarget, fn, mount, mountEach } from "../../../lib/index.ts";
import { stateOf } from "../../../lib/app/environment.ts";
import { Backpressure } from "../../../lib/engine/run/backpressure.ts";
import { FakeClock } from "../../fake-clock.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";

describe("Backpressure", () => {
  it("has a listing wait when more than 256 components submit, until half of them have", async () => {
    const clock = new FakeClock();
    const backpressure = new Backpressure(clock);
    for (let index = 0; index < 256; index++) backpressure.enter();
    expect(backpressure.wait()).to.equal(undefined);
    backpressure.enter();
    let isOver = false;
    const waits = [backpressure.wait(), backpressure.wait()].map((wait) => wait!.then(() => (isOver = true)));
    for (let index = 0; index < 128; index++) backpressure.leave();
    await setImmediate();
    expect(isOver).to.equal(false);
    backpressure.leave();
    await Promise.all(waits);
    expect(backpressure.wait()).to.equal(undefined);
    expect(clock.due, "nothing is left behind").to.deep.equal([]);
  });

  it("lets twice as many submit when they have taken 100 ms, so that slow targets get large batches", async () => {
    const clock = new FakeClock();
    const backpressure = new Backpressure(clock);
    for (let index = 0; index < 257; index++) backpressure.enter();
    const wait = backpressure.wait();
    clock.advance(100);
    await wait;
    for (let index = 257; index < 512; index++) backpressure.enter();
    expect(backpressure.wait()).to.equal(undefined);
    backpressure.enter();
    const next = backpressure.wait();
    expect(next).to.not.equal(undefined);
    for (let index = 513; index > 256; index--) backpressure.leave();
    await next;
  });

  it("lets started components have a turn after each 256 that a listing starts", async () => {
    const backpressure = new Backpressure(new FakeClock());
    for (let index = 0; index < 255; index++) backpressure.start();
    expect(backpressure.wait()).to.equal(undefined);
    backpressure.start();
    await backpressure.wait();
    expect(backpressure.wait()).to.equal(undefined);
  });

  describe("in a run", () => {
    const test = useTestEnvironment();
    const app = createCountingApp(test);
    let isOpen: PromiseWithResolvers<void>;
    let numApplied = 0;
    let batchSizes: number[] = [];
    let isApplying: PromiseWithResolvers<void>;
    const slow = defineTarget<number, number, number, number>("test/pace/slow", {
      reconcile({ key, desired }) {
        if (++numPlanned === 1024) areSlotsFull.resolve();
        return { action: key, tracking: desired };
      },
      async apply(actions) {
        batchSizes.push(actions.length);
        isApplying.resolve();
        await isOpen.promise;
        numApplied += actions.length;
      },
    });
    let numRun: number;
    let numPlanned: number;
    let areSlotsFull: PromiseWithResolvers<void>;
    const work = fn(function work(index: number) {
      numRun++;
      declareTargetState(slow, index, index);
    });

    beforeEach(() => {
      isOpen = Promise.withResolvers();
      isApplying = Promise.withResolvers();
      areSlotsFull = Promise.withResolvers();
      [numRun, numPlanned, numApplied, batchSizes] = [0, 0, 0, []];
    });

    const listings = {
      mountEach: () =>
        mountEach(
          work,
          Array.from({ length: 2000 }, (_, index) => [index, index] as const),
        ),
      async mount() {
        for (let index = 0; index < 2000; index++) await mount(componentSubpath(index), work, index);
      },
    };
    for (const [name, list] of Object.entries(listings)) {
      it(`bounds what ${name} has waiting for a target, and loses nothing`, async () => {
        stateOf(test.environment).clock = new FakeClock();
        const updating = app.update(async () => void (await list()));
        await isApplying.promise;
        for (let turn = 0; turn < 200; turn++) await setImmediate();
        const numWaiting = numRun;
        isOpen.resolve();
        await updating;
        expect(numWaiting).to.be.within(256, 512);
        expect([numRun, numApplied]).to.deep.equal([2000, 2000]);
      });

      it(`has ${name} fill the slots while a target is slow`, async () => {
        const updating = app.update(async () => void (await list()));
        await areSlotsFull.promise;
        await setImmediate();
        // The store commits in order: after this write, all components in the slots wait for the target.
        const store = await stateOf(test.environment).store();
        await store.write([{ key: Uint8Array.of(0xff), value: Uint8Array.of() }]);
        await setImmediate();
        isOpen.resolve();
        await updating;
        expect([numRun, numApplied]).to.deep.equal([2000, 2000]);
        expect(Math.max(...batchSizes)).to.be.greaterThan(512);
      });
    }
  });
});
