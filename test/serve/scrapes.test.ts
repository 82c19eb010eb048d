import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { Scrapes } from "../../lib/serve/scrapes.ts";

describe("Scrapes", () => {
  it("do not take one for the next that had begun before: it may lack the last numbers", async () => {
    const scrapes = new Scrapes();
    const endEarlier = scrapes.begin();
    let isOver = false;
    const next = scrapes.next(undefined).then(() => (isOver = true));
    endEarlier();
    await setImmediate();
    expect(isOver).to.equal(false);
    const end = scrapes.begin();
    await setImmediate();
    expect(isOver, "it has not been answered").to.equal(false);
    end();
    await next;
  });

  it("wake everybody who waits", async () => {
    const scrapes = new Scrapes();
    const waiting = [1, 2, 3].map(() => scrapes.next(undefined));
    scrapes.begin()();
    await Promise.all(waiting);
  });
});
