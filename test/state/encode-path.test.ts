import { expect } from "chai";
import fc from "fast-check";
import { decodeKey, decodePath, encodeKey, encodePath, symbolKey, type StableKey } from "../../lib/state/stable-key.ts";
import { anyKey, anyPath, comparePaths } from "./any-key.ts";

const RUNS = { numRuns: 3000 };

describe("encodePath", () => {
  it("sorts bytes as it sorts paths", () => {
    const check = (one: StableKey[], other: StableKey[]) => {
      const order = Math.sign(Buffer.compare(encodePath(one), encodePath(other)));
      expect(order).to.equal(Math.sign(comparePaths(one, other)));
    };
    fc.assert(fc.property(anyPath, anyPath, check), RUNS);
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), (a, b) => check([a], [b])),
      RUNS,
    );
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (a, b) => check([a], [b])),
      RUNS,
    );
    fc.assert(
      fc.property(anyPath, anyPath, anyPath, (p, a, b) => check([...p, ...a], [...p, ...b])),
      RUNS,
    );
  });

  it("is decoded to the same path", () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        expect(comparePaths(decodePath(encodePath(path)), path)).to.equal(0);
        expect(decodePath(Buffer.from(encodePath(path)))).to.deep.equal(withoutMinusZero(path));
      }),
      RUNS,
    );
  });

  it("begins with the encoding of another path exactly when the path begins with it", () => {
    fc.assert(
      fc.property(anyPath, anyPath, (one, other) => {
        const isPrefix = other.length >= one.length && comparePaths(one, other.slice(0, one.length)) === 0;
        const bytes = encodePath(one);
        expect(Buffer.compare(encodePath(other).subarray(0, bytes.length), bytes) === 0).to.equal(isPrefix);
      }),
      RUNS,
    );
  });

  it("is the concatenation of the encodings of the keys", () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        expect(Buffer.compare(Buffer.concat(path.map(encodeKey)), encodePath(path))).to.equal(0);
      }),
    );
  });

  it("tells keys of different types apart", () => {
    const keys: StableKey[] = [
      1,
      1n,
      "1",
      true,
      null,
      Buffer.from("1"),
      symbolKey("1"),
      [1],
      ["1"],
      [[1]],
      [],
      "",
      false,
    ];
    expect(new Set(keys.map((key) => Buffer.from(encodeKey(key)).toString("hex"))).size).to.equal(keys.length);
  });

  it("takes -0 for 0", () => {
    expect(encodeKey(-0)).to.deep.equal(encodeKey(0));
    expect(decodeKey(encodeKey(-0))).to.equal(0);
  });

  it("gives bytes that later calls do not change", () => {
    const first = encodePath(["first", 1]);
    const copy = Uint8Array.from(first);
    encodePath(["second", "x".repeat(10_000)]);
    expect(first).to.deep.equal(copy);
  });

  it("takes keys of any length", () => {
    for (const key of ["x".repeat(100_000), "é\0".repeat(50_000), Buffer.alloc(100_000)]) {
      expect(decodeKey(encodeKey(key))).to.deep.equal(key instanceof Uint8Array ? Uint8Array.from(key) : key);
    }
  });

  it("goes on after a path that it refused", () => {
    expect(() => encodePath(["a", undefined as never])).to.throw(TypeError);
    expect(decodePath(encodePath(["b"]))).to.deep.equal(["b"]);
  });

  const refused: readonly [unknown, string][] = [
    [undefined, "got undefined"],
    [Number.NaN, "a number must be finite, got NaN"],
    [Number.POSITIVE_INFINITY, "a number must be finite, got Infinity"],
    ["a\ud800", "must be well-formed Unicode"],
    [new Date(0), "got an instance of Date"],
    [{ a: 1 }, "got a plain object"],
    [Object.create(null), "got a plain object"],
    [() => 1, "got a function"],
    [Symbol("a"), "got a symbol (make a symbol key with symbolKey())"],
    [[["deep", undefined]], "got undefined"],
    [new Uint16Array(1), "got an instance of Uint16Array"],
  ];
  for (const [key, message] of refused) {
    it(`refuses a key with a TypeError that says ${message}`, () => {
      expect(() => encodeKey(key as StableKey)).to.throw(TypeError, message);
    });
  }

  it("takes bigints of 250 bytes and refuses longer ones with a RangeError", () => {
    const largest = 2n ** 2000n - 1n;
    for (const key of [largest, -largest]) {
      expect(decodeKey(encodeKey(key))).to.equal(key);
      expect(() => encodeKey(key * 2n)).to.throw(RangeError, "at most 250 bytes long, got 251");
    }
  });

  it("takes arrays that are nested 64 deep and refuses deeper ones, and cycles, with a RangeError", () => {
    let key: StableKey = 1;
    for (let depth = 0; depth < 64; depth += 1) key = [key];
    expect(decodeKey(encodeKey(key))).to.deep.equal(key);
    expect(() => encodeKey([key])).to.throw(RangeError, "at most 64 deep");
    const cycle: StableKey[] = [];
    cycle.push(cycle);
    expect(() => encodeKey(cycle)).to.throw(RangeError, "at most 64 deep");
  });
});

describe("symbolKey", () => {
  it("gives frozen keys that are equal when their names are", () => {
    expect(Object.isFrozen(symbolKey("a"))).to.equal(true);
    expect(encodeKey(symbolKey("a"))).to.deep.equal(encodeKey(symbolKey("a")));
  });

  it("refuses values that are no well-formed string", () => {
    expect(() => symbolKey(1 as never)).to.throw(TypeError, "`name` must be a string, got number");
    expect(() => symbolKey("\udc00")).to.throw(TypeError, "must be well-formed Unicode");
  });
});

describe("decodePath", () => {
  it("refuses bytes that encodePath cannot have made, and does not alter them", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 20, max: 12 }), fc.uint8Array({ maxLength: 20 })), (raw) => {
        const before = Uint8Array.from(raw);
        const decoded = decodedOf(raw);
        expect(raw).to.deep.equal(before);
        if (decoded !== undefined) expect([...encodePath(decoded)]).to.deep.equal([...raw]);
      }),
      { numRuns: 20_000 },
    );
  });

  it("refuses a path that is cut off inside a key", () => {
    fc.assert(
      fc.property(anyKey, fc.nat(), (key, cut) => {
        const bytes = encodeKey(key);
        const length = cut % bytes.length;
        if (length > 0) expect(decodedOf(bytes.subarray(0, length))).to.equal(undefined);
      }),
    );
  });

  it("throws STORE_CORRUPT with the bytes and the cause", () => {
    expect(() => decodePath(Uint8Array.of(0x08, 0x61)))
      .to.throw("Cannot decode path: it must be a sequence of encoded keys, got 0x0861")
      .that.includes({ code: "STORE_CORRUPT" })
      .and.has.property("cause");
  });

  it("is refused by decodeKey unless it is a single key", () => {
    expect(decodeKey(encodePath(["a"]))).to.equal("a");
    expect(() => decodeKey(encodePath(["a", "b"]))).to.throw("must be those of one key, got 2");
    expect(() => decodeKey(encodePath([]))).to.throw("must be those of one key, got 0");
  });
});

function decodedOf(bytes: Uint8Array): StableKey[] | undefined {
  try {
    return decodePath(bytes);
  } catch (error) {
    expect((error as { code?: string }).code).to.equal("STORE_CORRUPT");
    return undefined;
  }
}

function withoutMinusZero(key: StableKey[]): StableKey[] {
  return key.map((each) => {
    if (Array.isArray(each)) return withoutMinusZero(each as StableKey[]);
    return each === 0 ? 0 : each;
  });
}
