import { expect } from "chai";
import fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { DIGEST_BYTES } from "../../../lib/engine/memo/canonical-writer.ts";
import { fingerprintCall, fingerprintText } from "../../../lib/engine/memo/fingerprint.ts";
import { memoKey, memoState, type Memoizable } from "../../../lib/index.ts";
import { anyValue } from "./any-value.ts";

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
        expect(print(...one) === print(...other)).to.equal(isDeepStrictEqual(one, other));
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

  it("takes -0 for 0, as keys do, and NaN for NaN", () => {
    expect(print(-0)).to.equal(print(0));
    expect(print(Number.NaN)).to.equal(print(0 / 0));
  });

  it("does not depend on the order of the keys of objects, of maps or of sets", () => {
    expect(print({ a: 1, b: 2 })).to.equal(print({ b: 2, a: 1 }));
    expect(
      print(
        new Map([
          ["a", 1],
          ["b", 2],
        ]),
      ),
    ).to.equal(
      print(
        new Map([
          ["b", 2],
          ["a", 1],
        ]),
      ),
    );
    expect(print(new Set(["a", ["b"], 3]))).to.equal(print(new Set([3, "a", ["b"]])));
    expect(print(["a", "b"])).not.to.equal(print(["b", "a"]));
  });

  it("takes a Buffer for the bytes it holds", () => {
    expect(print(Buffer.from("abc"))).to.equal(print(new TextEncoder().encode("abc")));
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
    ["symbols", Symbol("s"), "a symbol"],
    [
      "instances of classes",
      new Connection(),
      "an instance of Connection; give it a `[memoKey]()` method, or pass data",
    ],
    ["cycles", cycle, "more than 64 levels of nesting, or a cycle"],
    ["promises", Promise.resolve(1), "an instance of Promise"],
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
    expect(fingerprintCall("f", [a, keyed(1), { y: c, x: [b] }]).stateful).to.deep.equal([a, b, c]);
    const inSets = [new Set([a, b, c]), new Set([c, a, b])].map((set) => fingerprintCall("f", [set]));
    expect(hex(inSets[0]!.fingerprint)).to.equal(hex(inSets[1]!.fingerprint));
    expect(inSets[0]!.stateful).to.deep.equal(inSets[1]!.stateful);
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
      "argument 1 must be data that can be compared, got a symbol",
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
];

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
