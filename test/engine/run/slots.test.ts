import { expect } from "chai";
import { Slots } from "../../../lib/engine/run/slots.ts";
import { failureOf } from "../../state/failure-of.ts";

describe("Slots", () => {
  it("are given out up to their number", () => {
    const slots = new Slots(2);
    expect([slots.tryAcquire(), slots.tryAcquire(), slots.tryAcquire()]).to.deep.equal([true, true, false]);
    slots.release();
    expect(slots.tryAcquire()).to.equal(true);
  });

  it("go to the deepest who waits, then in the order of asking", async () => {
    const slots = new Slots(1);
    await slots.acquire(0);
    const served: string[] = [];
    const asked = [
      [1, "a"],
      [3, "b"],
      [1, "c"],
      [3, "d"],
      [2, "e"],
    ] as const;
    const waiting = asked.map(([depth, name]) => slots.acquire(depth).then(() => served.push(name)));
    for (const wait of asked.keys()) {
      slots.release();
      await Promise.any(waiting.slice(wait));
    }
    await Promise.all(waiting);
    expect(served).to.deep.equal(["b", "d", "e", "a", "c"]);
  });

  it("are not taken by newcomers while a component waits", async () => {
    const slots = new Slots(1);
    await slots.acquire(0);
    const waiting = slots.acquire(0);
    slots.release();
    expect(slots.tryAcquire()).to.equal(false);
    await waiting;
  });

  it("reject all waiting and later components with the reason once they are aborted", async () => {
    const slots = new Slots(1);
    const reason = new Error("enough");
    await slots.acquire(0);
    const waiting = [slots.acquire(0), slots.acquire(7)];
    slots.abort(reason);
    for (const wait of waiting) expect(await failureOf(wait)).to.equal(reason);
    slots.release();
    expect(slots.tryAcquire()).to.equal(false);
    expect(await failureOf(slots.acquire(0))).to.equal(reason);
  });
});
