import { getEventListeners } from "node:events";
import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { Wakeup } from "../../lib/time/wakeup.ts";

describe("Wakeup", () => {
  it("wakes a waiter, and makes it wait again", async () => {
    const wakeup = new Wakeup();
    let numWakes = 0;
    const waiting = (async () => {
      for (; numWakes < 2; numWakes++) await wakeup.wait();
    })();
    await setImmediate();
    expect(numWakes).to.equal(0);
    wakeup.wake();
    await setImmediate();
    expect(numWakes).to.equal(1);
    wakeup.wake();
    await waiting;
  });

  it("remembers that it was woken while nobody waited, once", async () => {
    const wakeup = new Wakeup();
    wakeup.wake();
    wakeup.wake();
    await wakeup.wait();
    let isAwake = false;
    const waiting = wakeup.wait().then(() => (isAwake = true));
    await setImmediate();
    expect(isAwake).to.equal(false);
    wakeup.wake();
    await waiting;
  });

  it("takes several calls before the waiter goes on as one", async () => {
    const wakeup = new Wakeup();
    const first = wakeup.wait();
    wakeup.wake();
    wakeup.wake();
    await first;
    const controller = new AbortController();
    const second = wakeup.wait(controller.signal).catch((error: unknown) => error);
    controller.abort("not woken");
    expect(await second).to.equal("not woken");
  });

  it("rejects with the reason of the signal, and leaves no listener behind", async () => {
    const wakeup = new Wakeup();
    const controller = new AbortController();
    const waiting = wakeup.wait(controller.signal).catch((error: unknown) => error);
    controller.abort("over");
    expect(await waiting).to.equal("over");
    expect(await wakeup.wait(controller.signal).catch((error: unknown) => error)).to.equal("over");
    expect(getEventListeners(controller.signal, "abort")).to.deep.equal([]);
  });
});
