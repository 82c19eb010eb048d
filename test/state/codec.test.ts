import { deepStrictEqual } from "node:assert/strict";
import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import fc from "fast-check";
import { decodeValue, describeUnstorable, encodeValue } from "../../lib/state/codec.ts";
import { anyData, identitiesOf } from "./any-data.ts";
import { failureOf } from "./failure-of.ts";

class DirTarget {
  readonly path = "out";
}

describe("encodeValue", () => {
  it("is decoded to exactly the same value, with the same objects shared", () => {
    fc.assert(
      fc.property(anyData, (value) => {
        expect(describeUnstorable(value)).to.equal(undefined);
        expectSame(decodeValue(Uint8Array.from(encodeValue(value))), value);
        expectSame(decodeValue(Buffer.from(encodeValue(value))), value);
      }),
      { numRuns: 5000 },
    );
  });

  it("restores exactly the values that describeUnstorable does not name", () => {
    const options = {
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
    };
    fc.assert(
      fc.property(
        fc.anything({ ...options, withNullPrototype: true, withObjectString: true, withBoxedValues: true }),
        (value) => {
          if (describeUnstorable(value) === undefined) expectSame(decodeValue(encodeValue(value)), value);
        },
      ),
      { numRuns: 5000 },
    );
  });

  const awkward: readonly [string, unknown][] = [
    ["-0", [-0, { zero: -0 }]],
    ["NaN and infinities", [Number.NaN, Infinity, -Infinity]],
    ["undefined inside objects and arrays", { a: undefined, b: [undefined, null] }],
    ["bigints at the limits of 64 bits", [2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), -(2n ** 63n) - 1n, 2n ** 64n, 0n]],
    ["bigints of thousands of bits", [2n ** 5000n + 1n, -(2n ** 5000n)]],
    [
      "dates, invalid ones too",
      [new Date(0), new Date(-1), new Date(8.64e15), new Date(1.5e12 + 1), new Date(Number.NaN)],
    ],
    [
      "maps with object keys",
      new Map<unknown, unknown>([
        [{ a: 1 }, [1]],
        ["b", new Map()],
        [1, 1n],
      ]),
    ],
    ["sets in their order", new Set<unknown>(["b", "a", { c: new Set() }])],
    ["keys such as __proto__ and constructor", JSON.parse('{"__proto__":{"x":1},"constructor":1,"toJSON":true}')],
    ["the keys constructor and toJSON", { constructor: 1, toJSON: true }],
    ["null prototypes", Object.assign(Object.create(null) as object, { a: { b: 1 } })],
    ["bytes as plain bytes and Buffers as Buffers", [Uint8Array.of(1, 2), Buffer.from("ab")]],
    ["Buffers alone", { hash: Buffer.from("ab"), more: [Buffer.alloc(0)] }],
    [
      "typed arrays",
      [Float64Array.of(-0, Number.NaN), Int8Array.of(-1), BigUint64Array.of(2n ** 64n - 1n), new Uint16Array(0)],
    ],
    ["malformed Unicode", ["\ud800", { "\udc00": "a\ud800b" }]],
    [
      "objects with more than 65,535 keys",
      Object.fromEntries(Array.from({ length: 70_000 }, (_, index) => [`k${index}`, index])),
    ],
    ["values nested 500 deep", Array.from({ length: 500 }).reduce<unknown>((inner) => [inner, -0], 1)],
    ["long arrays", Array.from({ length: 200_000 }, (_, index) => (index % 2 === 0 ? index : new Date(index)))],
  ];
  for (const [what, value] of awkward) {
    it(`keeps ${what}`, () => {
      expect(describeUnstorable(value)).to.equal(undefined);
      expectSame(decodeValue(encodeValue(value)), value);
    });
  }

  it("does not set a prototype by the key __proto__", () => {
    const decoded = decodeValue(encodeValue(JSON.parse('{"__proto__":{"x":1}}'))) as { x?: number };
    expect(Object.getPrototypeOf(decoded)).to.equal(Object.prototype);
    expect(decoded.x).to.equal(undefined);
  });

  it("gives byte strings a memory of their own", () => {
    const stored = encodeValue([Uint8Array.of(1, 2, 3)]);
    const [decoded] = decodeValue(stored) as [Uint8Array];
    stored.fill(0);
    expect([...decoded]).to.deep.equal([1, 2, 3]);
    expect(decoded.buffer.byteLength).to.equal(3);
  });

  it("gives bytes that later calls do not change", () => {
    const first = encodeValue({ a: "first" });
    const copy = Uint8Array.from(first);
    for (let index = 0; index < 2000; index += 1) encodeValue({ b: "x".repeat(index) });
    expect(Uint8Array.from(first)).to.deep.equal(copy);
  });

  it("begins with the version of the codec", () => {
    expect(encodeValue(1)[0]).to.equal(1);
    expect(encodeValue(-0)[0]).to.equal(1);
  });

  it("refuses values that are not plain data with a TypeError that names them, and goes on", () => {
    expect(() => encodeValue({ out: new DirTarget() })).to.throw(
      TypeError,
      "Cannot encode value: it must be plain data, got an instance of DirTarget at .out",
    );
    expect(decodeValue(encodeValue({ out: 1 }))).to.deep.equal({ out: 1 });
  });
});

describe("decodeValue", () => {
  it("throws STORE_TOO_NEW for a newer version, with both versions", () => {
    expect(() => decodeValue(Uint8Array.of(2, 0, 1)))
      .to.throw("its codec version must be at most 1, got 2")
      .that.deep.includes({ code: "STORE_TOO_NEW", facts: { version: 2, supported: 1 } });
  });

  const garbage: readonly (readonly number[])[] = [
    [],
    [0],
    [1],
    [1, 0],
    [1, 9, 1],
    [0, 0, 1],
    [1, 0, 0xd9],
    [1, 0, 0xa5, 1],
    [1, 0, 1, 1],
  ];
  const garbageTags: readonly (readonly number[])[] = [
    [1, 1, 0x91, 0x63],
    [1, 1, 0x92, 12, 0],
    [1, 1, 0x93, 7, 99, 0xc4],
    [1, 1, 0x90],
  ];
  for (const bytes of [...garbage, ...garbageTags]) {
    it(`throws STORE_CORRUPT with a cause for the bytes [${bytes.join(", ")}]`, async () => {
      const error = await failureOf(() => decodeValue(Uint8Array.from(bytes)));
      expect(error).to.have.property("code", "STORE_CORRUPT");
      expect(error).to.have.property("cause").that.is.instanceOf(Error);
    });
  }

  it("throws nothing but STORE_CORRUPT for any bytes", () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 1, 2), fc.uint8Array({ maxLength: 30 }), (form, raw) => {
        try {
          decodeValue(Uint8Array.of(1, form, ...raw));
        } catch (error) {
          expect(error).to.have.property("code", "STORE_CORRUPT");
        }
      }),
      { numRuns: 5000 },
    );
  });
});

describe("describeUnstorable", () => {
  const cycle: unknown[] = [];
  cycle.push({ self: cycle });
  const deep = Array.from({ length: 600 }).reduce<unknown>((inner) => [inner], 1);
  const hidden = Object.defineProperty({ a: 1 }, "b", { value: 1, enumerable: false });
  const cases: readonly [unknown, string][] = [
    [new DirTarget(), "an instance of DirTarget"],
    [{ out: new DirTarget() }, "an instance of DirTarget at .out"],
    [{ a: [1, { "odd key": new DirTarget() }] }, 'an instance of DirTarget at .a[1]["odd key"]'],
    [() => 1, "a function"],
    [{ render() {} }, "the function render at .render"],
    [[Symbol("s")], "a symbol at [0]"],
    [{ [Symbol("s")]: 1 }, "a symbol property at [Symbol(s)]"],
    [
      {
        a: {
          get b() {
            return 1;
          },
        },
      },
      "an accessor at .a.b",
    ],
    [{ set b(_: number) {} }, "an accessor at .b"],
    [hidden, "a property that would be lost at .b"],
    [cycle, "a reference to what it is part of at [0].self"],
    [deep, `something nested more than 500 deep at ${"[0]".repeat(501)}`],
    [[1, , 3], "an empty slot at [1]"], // eslint-disable-line no-sparse-arrays -- it is what is tested
    [/a(b)/.exec("ab"), "a property that would be lost at .index"],
    [
      new Map<unknown, unknown>([
        ["a", 1],
        ["b", new DirTarget()],
      ]),
      "an instance of DirTarget at <value 1>",
    ],
    [new Map([[new DirTarget(), 1]]), "an instance of DirTarget at <key 0>"],
    [new Set([1, () => 1]), "a function at <item 1>"],
    [Object.assign(new Date(), { note: 1 }), "a property that would be lost at .note"],
    [new Error("e"), "an instance of Error"],
    [/a/, "an instance of RegExp"],
    [Promise.resolve(), "an instance of Promise"],
    [new (class extends Map {})(), "an instance of an unnamed class"],
    [new (class Names extends Array {})(), "an instance of Names"],
    [new (class Bytes extends Uint8Array {})(), "an instance of Bytes"],
    [Object.create(Date.prototype), "an instance of Date"],
    [new Number(1), "an instance of Number"],
    [new DataView(new ArrayBuffer(1)), "an instance of DataView"],
    [new ArrayBuffer(1), "an instance of ArrayBuffer"],
    [runInNewContext("({})"), "an instance of Object"],
  ];
  for (const [value, text] of cases) {
    it(`says ${text.slice(0, 60)}`, () => {
      expect(describeUnstorable(value)).to.equal(text);
    });
  }

  it("says nothing of frozen data, or of an object that occurs twice", () => {
    const twice = { a: 1 };
    expect(describeUnstorable(Object.freeze([twice, twice]))).to.equal(undefined);
  });
});

function expectSame(actual: unknown, expected: unknown): void {
  deepStrictEqual(actual, expected);
  const options = { depth: Infinity, maxArrayLength: 1000, maxStringLength: 1000 };
  expect(inspect(actual, options)).to.equal(inspect(expected, options));
  expect(identitiesOf(actual)).to.deep.equal(identitiesOf(expected));
}
