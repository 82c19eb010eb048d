import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import { Pending } from "../../lib/time/pending.ts";

describe("Pending", () => {
  it("forgets each promise once it is settled", async () => {
    const pending = new Pending();
    const last = Promise.withResolvers<void>();
    pending.add(Promise.resolve());
    pending.add(last.promise);
    expect(pending.size).to.equal(2);
    await turn();
    expect(pending.size).to.equal(1);
    last.resolve();
    await pending.settled();
    expect(pending.size).to.equal(0);
  });

  it("waits for promises that are added meanwhile", async () => {
    const pending = new Pending();
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    pending.add(first.promise);
    const settled = pending.settled();
    pending.add(second.promise);
    first.resolve();
    expect(await Promise.race([settled, turn("waiting")])).to.equal("waiting");
    second.resolve();
    await settled;
  });
});
