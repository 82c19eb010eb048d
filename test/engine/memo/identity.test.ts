import { expect } from "chai";
import fc from "fast-check";
import { runInNewContext } from "node:vm";
import { formatOneFingerprintOf } from "../../../lib/engine/memo/call-fingerprint.ts";
import { fingerprintCall } from "../../../lib/engine/memo/fingerprint.ts";
import { functionInfo, type FunctionInfo } from "../../../lib/engine/memo/function-info.ts";
import { SharedArguments } from "../../../lib/engine/memo/shared-arguments.ts";
import { fn } from "../../../lib/index.ts";
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

describe("Logic with `deps` that Tidemark 0.1 refused", () => {
  it("has no calls in the form of 0.1: not even that of a function without logic", () => {
    const deps: unknown = runInNewContext("({ model: 'small' })");
    const info = functionInfo(fn({ name: "f", deps, memo: true }, () => 1));
    const tracked = functionInfo(fn({ name: "f", deps: { model: "small" }, memo: true }, () => 1));
    const format = (of: FunctionInfo): unknown => formatOneFingerprintOf(of, [1], "/");
    expect(format(tracked)).not.to.equal(undefined);
    expect(format(info)).to.equal(undefined);
    expect(new SharedArguments(info, [], "/").formatOneFingerprint(1)).to.equal(undefined);
    expect(info.logicId).to.equal(tracked.logicId);
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

    it(`are accepted as \`deps\` from both realms: ${source}`, () => {
      const [one, other] = [runInNewContext(source), here].map((deps) =>
        functionInfo(fn({ name: "realm", deps, memo: true }, () => 1)),
      );
      expect(one!.logicId).to.equal(other!.logicId);
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
