import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { Scrapes } from "../../lib/serve/scrapes.ts";

describe("Scrapes", () => {
  it("resolve `next` with a scrape that begins after the call, not one in progress: that may lack the last numbers", async () => {
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

  it("wake all that wait, in the order in which they began to, and only once each", async () => {
    const scrapes = new Scrapes();
    const woken: number[] = [];
    for (const index of [1, 2, 3]) void scrapes.next(undefined).then(() => woken.push(index));
    const end = scrapes.begin();
    await setImmediate();
    expect(woken, "before the scrape has been answered").to.deep.equal([]);
    end();
    await setImmediate();
    scrapes.begin()();
    await setImmediate();
    expect(woken).to.deep.equal([1, 2, 3]);
  });
});
