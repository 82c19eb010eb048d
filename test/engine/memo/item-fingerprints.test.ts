import { expect } from "chai";
import fc from "fast-check";
import { DIGEST_BYTES } from "../../../lib/engine/memo/value-writer.ts";
import { ItemFingerprints } from "../../../lib/engine/memo/item-fingerprints.ts";
import { memoKey, memoState, type Memoizable } from "../../../lib/index.ts";
import { anyValue } from "./any-value.ts";
import { isExactlyEqual } from "./exactly-equal.ts";

describe("ItemFingerprints", () => {
  const of = (item: unknown, others: readonly unknown[] = [], identity = "f"): string =>
    hex(new ItemFingerprints(identity, others).of(item).fingerprint);

  it("are equal for equal items and no others, short and long", () => {
    const item = fc.oneof(anyValue, fc.uint8Array({ minLength: 100, maxLength: 140 }));
    fc.assert(
      fc.property(item, item, (one, other) => {
        expect(of(one) === of(other)).to.equal(isExactlyEqual(one, other));
        expect(of(one)).to.equal(of(structuredClone(one)));
      }),
      { numRuns: 2000 },
    );
  });

  it("depend on the function and the other arguments, and not on how these are divided", () => {
    const prints = [
      of("a"),
      of("a", ["b"]),
      of("a", ["b", "c"]),
      of("a", ["bc"]),
      of("a", [["b", "c"]]),
      of("a", [], "g"),
      hex(new ItemFingerprints("f", [], "logic").of("a").fingerprint),
      of("b", ["a"]),
    ];
    expect(new Set(prints).size).to.equal(prints.length);
  });

  it("are bounded in length, and a short item is never taken for the digest of a long one", () => {
    expect(of("x".repeat(1_000_000))).to.have.length(4 * DIGEST_BYTES);
    const withLengthOfDigest = "x".repeat(DIGEST_BYTES - 5);
    expect(of(withLengthOfDigest)).not.to.include(Buffer.from(withLengthOfDigest).toString("hex"));
    expect(of(`${withLengthOfDigest}x`)).to.include(Buffer.from(withLengthOfDigest).toString("hex"));
  });

  it("give the states of the item first, then those of the others", () => {
    const [a, b, c] = ["a", "b", "c"].map(createStateful);
    const fingerprints = new ItemFingerprints("f", [b, [c]]);
    expect(fingerprints.of(a).stateful).to.deep.equal([a, b, c]);
    expect(fingerprints.of("plain").stateful).to.deep.equal([b, c]);
  });

  it("refuse a value that cannot be compared, naming its place", () => {
    const fingerprints = new ItemFingerprints("load", [1, Symbol("s")]);
    expect(() => fingerprints.of("item")).to.throw(TypeError, "argument 3");
    expect(() => fingerprints.of("next"), "each time").to.throw(TypeError, "argument 3");
    expect(() => new ItemFingerprints("load", []).of(Symbol("s"))).to.throw(TypeError, "argument 1");
  });
});

function createStateful(key: string): Memoizable {
  return { [memoKey]: () => key, [memoState]: () => ({ state: 1, isValid: true }) };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
