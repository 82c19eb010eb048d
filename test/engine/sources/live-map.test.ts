import { expect } from "chai";
import fc from "fast-check";
import { setImmediate } from "node:timers/promises";
import { LiveMap, symbolKey, type LiveMapItems, type LiveMapSubscriber, type StableKey } from "../../../lib/index.ts";
import type { MountHandle } from "../../../lib/engine/run/mount-handle.ts";

describe("LiveMap", () => {
  it("is a map whose keys are compared by value", () => {
    const map = new LiveMap<StableKey, number>([
      ["1", 1],
      [1, 2],
    ]);
    map.set(["a", 1], 3).set(symbolKey("s"), 4).set(Uint8Array.of(1), 5);
    expect(map.size).to.equal(5);
    expect(["1", 1, ["a", 1], symbolKey("s"), Uint8Array.of(1), "missing"].map((key) => map.get(key))).to.deep.equal([
      1,
      2,
      3,
      4,
      5,
      undefined,
    ]);
    expect(map.delete(["a", 1])).to.equal(true);
    expect(map.delete(["a", 1])).to.equal(false);
    expect(map.has(["a", 1])).to.equal(false);
    expect([...map].map(([, value]) => value)).to.deep.equal([1, 2, 4, 5]);
    map.clear();
    expect(map.size).to.equal(0);
  });

  it("holds `undefined` as a value like any other", () => {
    const map = new LiveMap<string, undefined>([["a", undefined]]);
    expect([map.has("a"), map.size, [...map]]).to.deep.equal([true, 1, [["a", undefined]]]);
  });

  it("gives the entries of the moment at which an iteration begins", () => {
    const map = new LiveMap<string, number>([["a", 1]]);
    const entries = map[Symbol.iterator]();
    map.set("b", 2).delete("a");
    expect(entries.next().value).to.deep.equal(["a", 1]);
    expect(entries.next().done).to.equal(true);
  });

  it("refuses a key that is none", () => {
    expect(() => new LiveMap().set(undefined as never, "x")).to.throw(TypeError);
  });

  it("tells a subscriber the present entries, then the changes: deletions first, and each key once", async () => {
    const map = new LiveMap<string, string>([["a", "1"]]);
    await using mirror = new Mirror(map);
    await mirror.ready;
    map.set("b", "1").set("b", "2").delete("a");
    await mirror.caughtUp();
    expect(mirror.log).to.deep.equal(["all a=1", "ready", "-a", "b=2"]);
  });

  it("tells nothing when the primitive value is set that is there, and a change when an object is", async () => {
    const value = { text: "1" };
    const map = new LiveMap<string, string | number | object>([
      ["a", "1"],
      ["b", value],
      ["c", Number.NaN],
    ]);
    await using mirror = new Mirror(map);
    await mirror.ready;
    map.set("a", "1").set("b", value).set("c", Number.NaN);
    await mirror.caughtUp();
    expect(mirror.log.slice(2)).to.deep.equal(["b={}"]);
  });

  it("tells nothing of entries that came and went while the subscriber was busy", async () => {
    const map = new LiveMap<string, string>();
    await using mirror = new Mirror(map);
    await mirror.ready;
    map.set("a", "1").delete("a");
    await mirror.caughtUp();
    expect(mirror.log.slice(2)).to.deep.equal(["-a"]);
  });

  it("forgets a subscriber that has ended", async () => {
    const map = new LiveMap<string, string>();
    const mirror = new Mirror(map);
    await mirror.ready;
    await mirror[Symbol.asyncDispose]();
    map.set("a", "1");
    await setImmediate();
    expect(mirror.log).to.deep.equal(["all ", "ready"]);
  });

  it("tells of a change when it happened for the first time since it was told last", async () => {
    const map = new LiveMap<string, string>();
    await using mirror = new Mirror(map);
    await mirror.ready;
    map.set("a", "1");
    const firstAt = Date.now();
    while (Date.now() === firstAt);
    map.set("a", "2");
    await mirror.caughtUp();
    expect(mirror.times).to.have.length(1);
    expect(mirror.times[0]!.getTime(), "the time of the first change").to.be.at.most(firstAt);
  });

  it("leaves every subscriber with the present entries, and never tells an older value after a newer one", async () => {
    const key = fc.constantFrom("a", "b", "c");
    const step = fc.oneof(
      fc.record({ kind: fc.constant("set" as const), key }),
      fc.record({ kind: fc.constant("delete" as const), key }),
      fc.record({ kind: fc.constant("subscribe" as const), key }),
      fc.record({ kind: fc.constant("pause" as const), key }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.array(fc.nat({ max: 3 })), async (program, delays) => {
        const map = new LiveMap<string, number>();
        const mirrors = [new Mirror(map, delays)];
        let value = 0;
        for (const part of program) {
          if (part.kind === "set") map.set(part.key, ++value);
          else if (part.kind === "delete") map.delete(part.key);
          else if (part.kind === "subscribe") mirrors.push(new Mirror(map, delays));
          else await setImmediate();
        }
        for (const mirror of mirrors) {
          await mirror.caughtUp();
          expect(Object.fromEntries(mirror.entries)).to.deep.equal(Object.fromEntries(map));
          expect(mirror.hasGoneBack).to.equal(false);
          await mirror[Symbol.asyncDispose]();
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** A subscriber that keeps what it is told, taking a few turns for each piece of news. */
class Mirror<V extends string | number | object> implements LiveMapSubscriber<string, V>, AsyncDisposable {
  readonly entries = new Map<string, V>();
  readonly log: string[] = [];
  readonly times: Date[] = [];
  readonly ready: Promise<void>;
  hasGoneBack = false;
  readonly #newest = new Map<string, V>();
  readonly #controller = new AbortController();
  readonly #watching: Promise<void>;
  readonly #delays: readonly number[];
  readonly #isReady = Promise.withResolvers<void>();
  #numTold = 0;

  constructor(map: LiveMap<string, V>, delays: readonly number[] = []) {
    this.#delays = delays;
    this.ready = this.#isReady.promise;
    this.#watching = map.watch(this);
    this.#watching.catch(() => {});
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Resolves when nothing has been told for a while. */
  async caughtUp(): Promise<void> {
    await this.ready;
    for (let told = -1; told !== this.#numTold;) {
      told = this.#numTold;
      for (let turn = 0; turn < 6; turn++) await setImmediate();
    }
  }

  async updateAll(items?: LiveMapItems<string, V>): Promise<void> {
    const listed: string[] = [];
    for await (const [key, value] of items ?? []) {
      await this.#take();
      listed.push(`${key}=${show(value)}`);
      this.#set(key, value);
    }
    this.log.push(`all ${listed.join(" ")}`);
  }

  async update(key: string, value: V, change?: { readonly at?: Date }): Promise<MountHandle> {
    await this.#take();
    this.log.push(`${key}=${show(value)}`);
    if (change?.at !== undefined) this.times.push(change.at);
    this.#set(key, value);
    return { ready: () => Promise.resolve() };
  }

  async delete(key: string): Promise<MountHandle> {
    await this.#take();
    this.log.push(`-${key}`);
    this.entries.delete(key);
    return { ready: () => Promise.resolve() };
  }

  async markReady(): Promise<void> {
    this.log.push("ready");
    this.#isReady.resolve();
  }

  reportException(error: unknown): Promise<void> {
    return Promise.reject(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#controller.abort();
    await this.#watching.catch(() => {});
  }

  #set(key: string, value: V): void {
    const newest = this.#newest.get(key);
    if (newest !== undefined && newest > value) this.hasGoneBack = true;
    this.#newest.set(key, value);
    this.entries.set(key, value);
  }

  async #take(): Promise<void> {
    const delay = this.#delays[this.#numTold++ % this.#delays.length] ?? 0;
    for (let turn = 0; turn < delay; turn++) await setImmediate();
  }
}

function show(value: string | number | object): string {
  return typeof value === "object" ? "{}" : String(value);
}
