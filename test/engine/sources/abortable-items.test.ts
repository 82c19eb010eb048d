import { getEventListeners } from "node:events";
import { expect } from "chai";
import { AbortableItems } from "../../../lib/engine/sources/abortable-items.ts";
import { failureOf } from "../../state/failure-of.ts";

describe("AbortableItems", () => {
  const reason = new Error("enough");
  let aborting: AbortController;
  const listeners = (): number => getEventListeners(aborting.signal, "abort").length;

  beforeEach(() => {
    aborting = new AbortController();
  });

  async function collect(items: Iterable<unknown> | AsyncIterable<unknown>): Promise<unknown[]> {
    const all: unknown[] = [];
    using abortable = new AbortableItems(items, aborting.signal);
    for await (const item of abortable) all.push(item);
    return all;
  }

  it("gives what `for await` gives, and leaves no listener behind", async () => {
    async function* slow() {
      yield* [1, 2, 3];
    }
    expect(await collect(slow())).to.deep.equal([1, 2, 3]);
    expect(await collect([1, Promise.resolve(2)])).to.deep.equal([1, 2]);
    expect(await failureOf(() => collect([Promise.reject(reason)]))).to.equal(reason);
    expect(listeners()).to.equal(0);
  });

  it("rejects at the abort while an item is waited for, and tells the iterator without waiting for it", async () => {
    let numReturns = 0;
    const never = new Promise<never>(() => {});
    const items = {
      [Symbol.asyncIterator]: () => ({
        next: () => never,
        return: () => {
          numReturns++;
          return never;
        },
      }),
    };
    const collecting = failureOf(() => collect(items));
    aborting.abort(reason);
    expect(await collecting).to.equal(reason);
    expect(numReturns).to.equal(1);
    expect(await failureOf(() => collect(items))).to.equal(reason);
  });

  it("ends the iterator when the loop is left", async () => {
    let hasEnded = false;
    function* counting() {
      try {
        yield 1;
        yield 2;
      } finally {
        hasEnded = true;
      }
    }
    using abortable = new AbortableItems(counting(), aborting.signal);
    for await (const item of abortable) if (item === 1) break;
    expect(hasEnded).to.equal(true);
  });

  it("ignores what the iterator throws when it is told to end", async () => {
    const items = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: () => {
          throw new Error("cannot end");
        },
      }),
    };
    const collecting = failureOf(() => collect(items));
    aborting.abort(reason);
    expect(await collecting).to.equal(reason);
  });
});
