import { expect } from "chai";
import fc from "fast-check";
import { runInNewContext } from "node:vm";
import { fingerprintCall } from "../../../lib/engine/memo/fingerprint.ts";
import { decodeValue, encodeValue } from "../../../lib/state/codec.ts";
import { anyValue } from "./any-value.ts";
import { DISTINCT_PAIRS } from "./distinct-pairs.ts";

const PAIRS_PER_KIND = 150;

/** Places in which the parts of a pair stand. */
const place = fc.constantFrom<(value: unknown) => unknown>(
  (value) => value,
  (value) => [1, value],
  (value) => ({ a: { b: value }, c: 1 }),
  (value) => new Map([["a", value]]),
  (value) => new Map([[value, "a"]]),
  (value) => new Set([value]),
);

/** The order of insertion and -0 are lost where the value is a key. */
const KEYS_LOSE = new Set(["0 and -0"]);

describe("Values that a function can tell apart", () => {
  let numPairs = 0;

  for (const [kind, pairs] of Object.entries(DISTINCT_PAIRS)) {
    it(`have different fingerprints, or are refused: ${kind}`, () => {
      const isApart = ([one, other]: readonly [unknown, unknown], at: (value: unknown) => unknown): void => {
        numPairs++;
        const isKey = at(undefined) instanceof Map || at(undefined) instanceof Set;
        const put = isKey && KEYS_LOSE.has(kind) ? (value: unknown) => [value] : at;
        const [a, b] = [print(put(one)), print(put(other))];
        expect(a === b && a !== "refused").to.equal(false);
      };
      fc.assert(fc.property(pairs, place, isApart), { numRuns: PAIRS_PER_KIND });
    });
  }

  it("were at least 10,000 pairs", function test() {
    expect(numPairs).to.be.at.least(10_000);
  });
});

describe("Equal values", () => {
  it("have equal fingerprints: cloned, and restored from the store", () => {
    const isEqual = (value: unknown): void => {
      const wanted = print(value);
      expect(wanted).not.to.equal("refused");
      expect(print(structuredClone(value))).to.equal(wanted);
      expect(print(decodeValue(encodeValue(value)))).to.equal(wanted);
    };
    fc.assert(fc.property(anyValue, isEqual), { numRuns: 5000 });
  });

  const foreign: readonly (readonly [source: string, here: unknown])[] = [
    ["({ a: [1, { b: 2 }] })", { a: [1, { b: 2 }] }],
    ["new Date(5)", new Date(5)],
    ["new Map([[1, new Set([2])]])", new Map([[1, new Set([2])]])],
    ["/a/g", /a/g],
    ["Uint8Array.of(1, 2)", Uint8Array.of(1, 2)],
    ["Float32Array.of(1, 2)", Float32Array.of(1, 2)],
    ["new DataView(Uint8Array.of(1).buffer)", new DataView(Uint8Array.of(1).buffer)],
  ];
  for (const [source, here] of foreign) {
    it(`have equal fingerprints in two realms: ${source}`, () => {
      expect(print(runInNewContext(source))).to.equal(print(here));
      expect(print(here)).not.to.equal("refused");
    });
  }
});

function print(value: unknown): string {
  try {
    return Buffer.from(fingerprintCall("f", [value]).fingerprint).toString("hex");
  } catch (error) {
    expect(error).to.be.instanceOf(TypeError);
    return "refused";
  }
}
