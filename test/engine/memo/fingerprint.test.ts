import { expect } from "chai";
import fc from "fast-check";
import { DIGEST_BYTES } from "../../../lib/engine/memo/value-writer.ts";
import { fingerprintCall, fingerprintText } from "../../../lib/engine/memo/fingerprint.ts";
import { memoKey, memoState, type Memoizable } from "../../../lib/index.ts";
import { anyValue } from "./any-value.ts";
import { isExactlyEqual } from "./exactly-equal.ts";

class Connection {
  readonly #port = 1;

  get port(): number {
    return this.#port;
  }
}

describe("fingerprintCall", () => {
  it("gives equal values equal fingerprints, whatever they share and however they were made", () => {
    fc.assert(
      fc.property(fc.array(anyValue, { maxLength: 3 }), (args) => print(...args) === print(...structuredClone(args))),
    );
  });

  it("gives different values different fingerprints", () => {
    fc.assert(
      fc.property(fc.array(anyValue, { maxLength: 3 }), fc.array(anyValue, { maxLength: 3 }), (one, other) => {
        expect(print(...one) === print(...other)).to.equal(isExactlyEqual(one, other));
      }),
      { numRuns: 3000 },
    );
  });

  it("tells values apart that are easily mistaken for one another", () => {
    expect(new Set(LOOKALIKES.map((args) => print(...args))).size).to.equal(LOOKALIKES.length);
  });

  it("depends on the function that is called", () => {
    expect(print(1)).not.to.equal(hex(fingerprintCall("other", [1]).fingerprint));
    expect(hex(fingerprintCall("ab", ["c"]).fingerprint)).not.to.equal(hex(fingerprintCall("a", ["bc"]).fingerprint));
  });

  it("has one value for NaN, with all of its bits", () => {
    expect(print(Number.NaN)).to.equal(print(0 / 0));
    expect(print(nanOf(1))).to.equal(print(nanOf(2)));
    expect(print(new Date(Number.NaN))).to.equal(print(new Date("no date")));
  });

  it("does not depend on the offset of bytes, or on the buffer around them", () => {
    const bytes = Uint8Array.of(9, 1, 2);
    expect(print(bytes.subarray(1))).to.equal(print(Uint8Array.of(1, 2)));
  });

  it("does not depend on whether two parts are one object, or frozen", () => {
    const part = { a: 1 };
    expect(print([part, part])).to.equal(print([{ a: 1 }, { a: 1 }]));
    expect(print(Object.freeze([part]))).to.equal(print([part]));
  });

  it("has 128 bits, for small and for large arguments", () => {
    const large = "é".repeat(1_000_000);
    expect(fingerprintCall("f", []).fingerprint).to.have.length(DIGEST_BYTES);
    expect(print(large)).to.have.length(DIGEST_BYTES * 2);
    expect(print(large)).not.to.equal(print(`${large}e`));
    expect(print(new Uint8Array(100_000))).not.to.equal(print(new Uint8Array(100_001)));
  });

  it("takes 64 levels of nesting", () => {
    expect(print(nest(60))).not.to.equal(print(nest(61)));
  });
});

describe("Arguments that cannot be compared", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const refused: readonly (readonly [name: string, value: unknown, got: string])[] = [
    ["functions", () => 1, "a function; wrap it in `fn`, or pass data"],
    ["symbols", Symbol("s"), "a symbol; pass a string"],
    [
      "instances of classes",
      new Connection(),
      "an instance of Connection; give it a `[memoKey]()` method, or pass data",
    ],
    ["cycles", cycle, "more than 64 levels of nesting, or a cycle"],
    ["promises", Promise.resolve(1), "a promise; await it first"],
    [
      "instances with a key of a class without a name",
      new (class {
        [memoKey](): unknown {
          return 1;
        }
      })(),
      "a value with `[memoKey]` whose class has no name, or no `constructor`; name the class",
    ],
    ["long arrays with an accessor", withGetter(100), "an array with an element that is an accessor or hidden"],
    [
      "maps in disguise",
      Object.setPrototypeOf(new Map(), Object.prototype),
      "an object whose prototype was changed to that of plain objects; pass data",
    ],
    ["weak maps", new WeakMap(), "an instance of WeakMap"],
  ];

  for (const [name, value, got] of refused) {
    it(`refuses ${name}, at any depth, naming the function and the argument`, () => {
      const wanted = `Cannot memoize \`load\`: argument 2 must be data that can be compared, got ${got}`;
      expect(() => fingerprintCall("load", [1, value])).to.throw(TypeError, wanted);
      expect(() => fingerprintCall("load", [1, { deep: new Map([["in", [value]]]) }])).to.throw(TypeError, wanted);
    });
  }

  it("does no harm to the next fingerprint", () => {
    const before = print("a");
    expect(() => fingerprintCall("load", ["b".repeat(10_000), Symbol("s")])).to.throw(TypeError);
    expect(print("a")).to.equal(before);
  });
});

describe("Memoizable arguments", () => {
  it("are compared by their key", () => {
    expect(print(keyed({ id: 1 }))).to.equal(print(keyed({ id: 1 })));
    expect(print(keyed({ id: 1 }))).not.to.equal(print(keyed({ id: 2 })));
    expect(print(keyed({ id: 1 }))).not.to.equal(print({ id: 1 }));
    expect(print(keyed(keyed("inner")))).not.to.equal(print(keyed("inner")));
  });

  it("differ when they gain or lose their state", () => {
    expect(print(keyed(1))).not.to.equal(print({ ...keyed(1), ...stateful }));
  });

  it("are given back in the order in which their states are stored", () => {
    const [a, b, c] = ["a", "b", "c"].map((key) => ({ ...keyed(key), ...stateful }));
    expect(fingerprintCall("f", [a, keyed(1), { y: c, x: [b] }]).stateful).to.deep.equal([a, c, b]);
    expect(fingerprintCall("f", [new Set([c, a, b])]).stateful).to.deep.equal([c, a, b]);
  });

  it("may make a fingerprint in their key", () => {
    const nested = { [memoKey]: () => fingerprintText("inner", "x".repeat(5000)) };
    const plain = keyed(nested[memoKey]());
    expect(print("before", nested, "after")).to.equal(print("before", plain, "after"));
  });

  it("have errors of their key thrown as they are", () => {
    const error = new Error("no key");
    const broken = {
      [memoKey]() {
        throw error;
      },
    };
    expect(() => print(broken)).to.throw(error);
    expect(() => print(keyed(Symbol("s")))).to.throw(
      TypeError,
      "argument 1 must be data that can be compared, got a symbol; pass a string",
    );
  });

  it("are functions as well, if they have a key", () => {
    expect(print(Object.assign(() => 1, keyed("v1")))).not.to.equal(print(Object.assign(() => 1, keyed("v2"))));
  });
});

const LOOKALIKES: readonly (readonly unknown[])[] = [
  [],
  [undefined],
  [undefined, undefined],
  [null],
  [0],
  [0n],
  ["0"],
  [false],
  [""],
  [1],
  [1n],
  ["1"],
  [true],
  ["true"],
  [[]],
  [[[]]],
  [[], []],
  [{}],
  [new Map()],
  [new Set()],
  [new Uint8Array()],
  [new Float32Array()],
  [new Float64Array()],
  [["ab"]],
  [["a", "b"]],
  [["a"], ["b"]],
  ["a", "b"],
  ["ab"],
  [{ a: 1 }],
  [{ a: undefined }],
  [["a", 1]],
  [new Map([["a", 1]])],
  [[["a", 1]]],
  [new Set(["a", 1])],
  [new Map([["a", new Map([["b", 1]])]])],
  [
    new Map<unknown, unknown>([
      ["a", "b"],
      ["c", 1],
    ]),
  ],
  [new Date(0)],
  [new Date(1)],
  [new Date(Number.NaN)],
  [new Date(0).toISOString()],
  [Uint8Array.of(1)],
  [[1]],
  [Uint8Array.of(1, 0)],
  [Number.NaN],
  ["NaN"],
  [new URL("http://a/")],
  ["http://a/"],
  [/a/],
  [/a/g],
  ["/a/"],
  ["\ud800"],
  ["\udc00"],
  ["\ufffd"],
  [-0],
  [{ a: 1, b: 2 }],
  [{ b: 2, a: 1 }],
  [new Set(["a", "b"])],
  [new Set(["b", "a"])],
  [Buffer.of(1)],
  [Object.create(null)],
  [new Array(1)],
  [new Array(2)],
];

/** A NaN with other bits. */
function nanOf(bits: number): Float64Array {
  return new Float64Array(BigUint64Array.of(0x7ff8000000000000n + BigInt(bits)).buffer);
}

const stateful = { [memoState]: () => ({ state: 1, isValid: true }) };

function keyed(key: unknown): Memoizable {
  return { [memoKey]: () => key };
}

function nest(levels: number): unknown {
  return levels === 0 ? [] : [nest(levels - 1)];
}

function print(...args: readonly unknown[]): string {
  return hex(fingerprintCall("f", args).fingerprint);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function withGetter(length: number): unknown {
  return Object.defineProperty(Array.from({ length }), length - 1, { get: () => 1, enumerable: true });
}
