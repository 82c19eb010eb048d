import { expect } from "chai";
import { prefixEnd } from "../../lib/state/prefix-end.ts";
import { MAX_KEY_BYTES, MAX_VALUE_BYTES } from "../../lib/state/store.ts";
import type { OpenStore } from "./open-store.ts";
import { bytes, dump, put, remove, text } from "./entries.ts";
import { failureOf } from "./failure-of.ts";
import { describeRandomSteps } from "./random-steps.ts";

/** Describes what every `StateStore` does. */
export function describeStore(name: string, open: OpenStore): void {
  describe(`${name} as a StateStore`, () => {
    describeReads(open);
    describeRanges(open);
    describeWrites(open);
    describeLimits(open);
    describeClose(open);
    describeRandomSteps(open);
  });
}

function describeReads(open: OpenStore): void {
  it("gives undefined for a key that was never written", async () => {
    await using opened = await open();
    expect(opened.store.get(bytes("a"))).to.equal(undefined);
  });

  it("gives back what was written", async () => {
    await using opened = await open();
    await opened.store.write([put("a", "1")]);
    expect(text(opened.store.get(bytes("a")))).to.equal("1");
  });

  it("reads a write before it is committed", async () => {
    await using opened = await open();
    const written = opened.store.write([put("a", "1"), put("b", "2")]);
    expect(text(opened.store.get(bytes("a")))).to.equal("1");
    expect(dump(opened.store)).to.deep.equal(["a=1", "b=2"]);
    await written;
    expect(dump(opened.store)).to.deep.equal(["a=1", "b=2"]);
  });

  it("reads a removal before it is committed", async () => {
    await using opened = await open();
    await opened.store.write([put("a", "1"), put("b", "2")]);
    const written = opened.store.write([remove("a")]);
    expect(opened.store.get(bytes("a"))).to.equal(undefined);
    expect(dump(opened.store)).to.deep.equal(["b=2"]);
    await written;
    expect(dump(opened.store)).to.deep.equal(["b=2"]);
  });

  it("gives bytes that are the caller's to keep", async () => {
    await using opened = await open();
    const written = opened.store.write([put("a", "1"), put("b", "2")]);
    opened.store.get(bytes("a"))!.fill(0);
    for (const { value } of opened.store.range(bytes("b"), bytes("c"))) value.fill(0);
    await written;
    const kept = opened.store.get(bytes("a"))!;
    opened.store.get(bytes("b"));
    await opened.store.write([put("a", "9")]);
    expect(text(kept)).to.equal("1");
    expect(dump(opened.store)).to.deep.equal(["a=9", "b=2"]);
  });

  it("keeps empty values apart from absent ones", async () => {
    await using opened = await open();
    const written = opened.store.write([put("a", "")]);
    expect(opened.store.get(bytes("a"))).to.have.length(0);
    await written;
    expect(opened.store.get(bytes("a"))).to.have.length(0);
    expect(dump(opened.store)).to.deep.equal(["a="]);
  });

  it("keeps values of 1 MB", async () => {
    await using opened = await open();
    const large = new Uint8Array(1024 * 1024).map((_, index) => index * 31);
    await opened.store.write([{ key: bytes("a"), value: large }, put("b", "2"), { key: bytes("c"), value: large }]);
    expect(Buffer.compare(opened.store.get(bytes("a"))!, large)).to.equal(0);
    const entries = [...opened.store.range(bytes("a"), bytes("z"))];
    expect(entries.map(({ value }) => value.length)).to.deep.equal([large.length, 1, large.length]);
    expect(Buffer.compare(entries[2]!.value, large)).to.equal(0);
  });
}

function describeRanges(open: OpenStore): void {
  it("sorts keys bytewise", async () => {
    await using opened = await open();
    const keys = [[0xff], [0], [0, 0], [1], [0x7f], [0x80], [0xff, 0xff], [0x61, 0], [0x61]];
    await opened.store.write(keys.map((key) => ({ key: Uint8Array.from(key), value: bytes("") })));
    const sorted = [...opened.store.range(new Uint8Array(0), prefixEnd(new Uint8Array(0)))].map(({ key }) => [...key]);
    expect(sorted).to.deep.equal([[0], [0, 0], [1], [0x61], [0x61, 0], [0x7f], [0x80], [0xff], [0xff, 0xff]]);
  });

  it("includes the start of a range and excludes its end", async () => {
    await using opened = await open();
    await opened.store.write(["a", "b", "c", "d"].map((key) => put(key, key)));
    expect(dump(opened.store, "b", "d")).to.deep.equal(["b=b", "c=c"]);
    expect(dump(opened.store, "b", "b")).to.deep.equal([]);
    expect(dump(opened.store, "d", "b")).to.deep.equal([]);
    expect(dump(opened.store, "", "b")).to.deep.equal(["a=a"]);
    expect(dump(opened.store, "b", "")).to.deep.equal([]);
    expect(dump(opened.store, "bb", "zz")).to.deep.equal(["c=c", "d=d"]);
  });

  it("takes bounds that are longer than any key", async () => {
    await using opened = await open();
    const longest = "x".repeat(MAX_KEY_BYTES);
    await opened.store.write([put("a", "1"), put(longest, "2")]);
    expect(dump(opened.store, `${longest}x`, "y")).to.deep.equal([]);
    expect(dump(opened.store, "b", `${longest}xxxxx`)).to.deep.equal([`${longest}=2`]);
    expect(opened.store.count(bytes(`${longest}x`), bytes("y"))).to.equal(0);
    expect(opened.store.count(bytes("b"), bytes(`${longest}xxxxx`))).to.equal(1);
  });

  it("gives a range that can be iterated again, each time as of then", async () => {
    await using opened = await open();
    const range = opened.store.range(bytes("a"), bytes("z"));
    expect([...range]).to.deep.equal([]);
    await opened.store.write([put("a", "1")]);
    expect([...range]).to.have.length(1);
  });

  it("gives every entry of a large range once, in order", async () => {
    await using opened = await open();
    const keys = Array.from({ length: 3000 }, (_, index) => `k${String(index).padStart(5, "0")}`);
    await opened.store.write(keys.toReversed().map((key) => put(key, key)));
    expect([...opened.store.range(bytes("k"), bytes("l"))].map(({ key }) => text(key))).to.deep.equal(keys);
  });

  it("lets an iteration be left halfway, or go on while entries come and go", async () => {
    await using opened = await open();
    const keys = Array.from({ length: 1000 }, (_, index) => `k${String(index).padStart(5, "0")}`);
    await opened.store.write(keys.map((key) => put(key, "1")));
    for (const _ of opened.store.range(bytes("k"), bytes("l"))) break;
    const seen: string[] = [];
    for (const { key } of opened.store.range(bytes("k"), bytes("l"))) {
      seen.push(text(key)!);
      await opened.store.write([{ key, value: undefined }, put(`j${seen.length}`, "2")]);
    }
    expect(seen).to.deep.equal(keys);
    expect(dump(opened.store, "k", "l")).to.deep.equal([]);
  });

  it("merges pending writes and removals into a range", async () => {
    await using opened = await open();
    await opened.store.write(["b", "d", "f"].map((key) => put(key, "old")));
    const written = opened.store.write([put("a", "new"), put("d", "new"), remove("f"), put("g", "new"), remove("x")]);
    expect(dump(opened.store)).to.deep.equal(["a=new", "b=old", "d=new", "g=new"]);
    await written;
    expect(dump(opened.store)).to.deep.equal(["a=new", "b=old", "d=new", "g=new"]);
  });
}

function describeWrites(open: OpenStore): void {
  it("applies the changes of a write in order", async () => {
    await using opened = await open();
    await opened.store.write([put("a", "1"), remove("a"), put("a", "2"), put("b", "1"), remove("b")]);
    expect(dump(opened.store)).to.deep.equal(["a=2"]);
  });

  it("takes a write without changes, and the removal of a missing key", async () => {
    await using opened = await open();
    await Promise.all([opened.store.write([]), opened.store.write([remove("a")])]);
    expect(dump(opened.store)).to.deep.equal([]);
  });

  it("applies writes in the order of the calls", async () => {
    await using opened = await open();
    const settled: number[] = [];
    await Promise.all(
      Array.from({ length: 500 }, async (_, index) => {
        await opened.store.write([put("a", String(index)), put(`k${index % 7}`, String(index))]);
        settled.push(index);
      }),
    );
    expect(settled).to.deep.equal(settled.toSorted((one, other) => one - other));
    expect(text(opened.store.get(bytes("a")))).to.equal("499");
    expect(text(opened.store.get(bytes("k0")))).to.equal("497");
  });

  it("commits many concurrent writes", async () => {
    await using opened = await open();
    const keys = Array.from({ length: 20_000 }, (_, index) => `component/${index}`);
    await Promise.all(keys.map((key) => opened.store.write([put(key, key)])));
    expect(keys.every((key) => text(opened.store.get(bytes(key))) === key)).to.equal(true);
    expect([...opened.store.range(bytes("c"), bytes("d"))]).to.have.length(keys.length);
  });

  it("leaves no trace of a write with one bad change, and makes its neighbours", async () => {
    await using opened = await open();
    const tooLong = put("x".repeat(MAX_KEY_BYTES + 1), "1");
    const outcomes = await Promise.allSettled([
      opened.store.write([put("a", "1")]),
      opened.store.write([put("a", "2"), put("b", "2"), tooLong]),
      opened.store.write([put("c", "3")]),
    ]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected", "fulfilled"]);
    expect(dump(opened.store)).to.deep.equal(["a=1", "c=3"]);
  });
}

function describeLimits(open: OpenStore): void {
  it("takes keys of up to MAX_KEY_BYTES bytes", async () => {
    await using opened = await open();
    const longest = new Uint8Array(MAX_KEY_BYTES).fill(0xff);
    await opened.store.write([
      { key: longest, value: bytes("1") },
      { key: Uint8Array.of(0), value: bytes("2") },
    ]);
    expect(text(opened.store.get(longest))).to.equal("1");
    expect([...opened.store.range(new Uint8Array(0), prefixEnd(new Uint8Array(0)))]).to.have.length(2);
  });

  it("refuses longer and empty keys with a RangeError", async () => {
    await using opened = await open();
    const tooLong = new Uint8Array(MAX_KEY_BYTES + 1);
    for (const key of [tooLong, new Uint8Array(0)]) {
      expect(() => opened.store.get(key)).to.throw(RangeError, `1 to ${MAX_KEY_BYTES} bytes long, got ${key.length}`);
      const error = await failureOf(opened.store.write([{ key, value: bytes("1") }]));
      expect(error).to.be.instanceOf(RangeError);
    }
  });

  it("refuses values of more than MAX_VALUE_BYTES with a RangeError", async () => {
    await using opened = await open();
    // Its content is never looked at.
    const value = Object.defineProperty(new Uint8Array(1), "length", { value: MAX_VALUE_BYTES + 1 });
    const error = await failureOf(opened.store.write([{ key: bytes("key"), value }]));
    expect(error).to.be.instanceOf(RangeError);
    expect(error.message).to.include(`at most ${MAX_VALUE_BYTES} bytes long, got ${MAX_VALUE_BYTES + 1}`);
  });

  it("refuses keys and values that are no bytes with a TypeError", async () => {
    await using opened = await open();
    const key = "a" as unknown as Uint8Array;
    expect(() => opened.store.get(key)).to.throw(TypeError, "`key` must be a Uint8Array, got string");
    expect(await failureOf(opened.store.write([{ key, value: bytes("1") }]))).to.be.instanceOf(TypeError);
    expect(await failureOf(opened.store.write([{ key: bytes("a"), value: key }]))).to.be.instanceOf(TypeError);
  });
}

function describeClose(open: OpenStore): void {
  it("commits the writes in progress before it closes", async () => {
    await using opened = await open();
    let numCommitted = 0;
    for (let index = 0; index < 100; index++) {
      void opened.store.write([put(`k${index}`, "1")]).then(() => numCommitted++);
    }
    await opened.store.close();
    expect(numCommitted).to.equal(100);
  });

  it("stays closed when it is closed again, at once or later", async () => {
    await using opened = await open();
    const closing = [opened.store.close(), opened.store.close()];
    expect((await Promise.allSettled(closing)).map(({ status }) => status)).to.deep.equal(["fulfilled", "fulfilled"]);
    await opened.store[Symbol.asyncDispose]();
    expect((await failureOf(() => opened.store.get(bytes("a")))).code).to.equal("STORE_CLOSED");
  });

  it("throws STORE_CLOSED from every method once it is closed", async () => {
    await using opened = await open();
    await opened.store.write(Array.from({ length: 100 }, (_, index) => put(`k${index}`, "1")));
    const range = opened.store.range(bytes("a"), bytes("z"));
    await opened.store.close();
    const failures = [
      await failureOf(() => opened.store.get(bytes("a"))),
      await failureOf(() => opened.store.range(bytes("a"), bytes("b"))),
      await failureOf(() => opened.store.count(bytes("a"), bytes("b"))),
      await failureOf(() => [...range]),
      await failureOf(opened.store.write([put("a", "1")])),
    ];
    expect(failures.map(({ code }) => code)).to.deep.equal(Array(5).fill("STORE_CLOSED"));
  });
}
