import fc from "fast-check";
import { symbolKey } from "../../lib/state/key.ts";
import type { StableKey } from "../../lib/state/stable-key.ts";

const bytes = fc.uint8Array({ maxLength: 6 }).map((raw) => Uint8Array.from(raw));
const awkwardText = fc.constantFrom(
  "",
  "\0",
  "\u0001",
  "a\0",
  "a\u0001",
  "a\u0002",
  "\u007f",
  "\u0080",
  "é",
  "\uffff",
  "😀",
  "😀b",
);
const text = fc.oneof(fc.string({ unit: "binary", maxLength: 6 }), awkwardText);
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(0, -0, 1, -1, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE),
);
const bigint = fc.oneof(
  fc.bigInt(),
  fc.bigInt({ min: -300n, max: 300n }),
  fc.bigInt({ min: -(2n ** 900n), max: 2n ** 900n }),
);

/** Keys of every type, with the values that are most likely to be mistaken for one another. */
export const anyKey: fc.Arbitrary<StableKey> = fc.letrec<{ key: StableKey; array: StableKey[] }>((tie) => ({
  key: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    text,
    number,
    bigint,
    fc.boolean(),
    fc.constant(null),
    bytes,
    text.map(symbolKey),
    tie("array"),
  ),
  array: fc.array(tie("key"), { maxLength: 3 }),
})).key;

/** Paths of a few keys. */
export const anyPath: fc.Arbitrary<StableKey[]> = fc.array(anyKey, { maxLength: 4 });

const TYPES = ["null", "false", "true", "number", "bigint", "string", "bytes", "array", "symbol"];

/** The order of keys, as plainly as it can be said: by type, then by value. */
function compareKeys(one: StableKey, other: StableKey): number {
  const byType = TYPES.indexOf(typeOf(one)) - TYPES.indexOf(typeOf(other));
  if (byType !== 0) return byType;
  if (typeof one === "number" || typeof one === "bigint") {
    return Number(one > (other as never)) - Number(one < (other as never));
  }
  if (Array.isArray(one)) return comparePaths(one, other as readonly StableKey[]);
  return Buffer.compare(contentOf(one), contentOf(other));
}

/** The order of paths: key by key, a path before those that it begins. */
export function comparePaths(one: readonly StableKey[], other: readonly StableKey[]): number {
  for (let index = 0; index < Math.min(one.length, other.length); index += 1) {
    const order = compareKeys(one[index]!, other[index]!);
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

function typeOf(key: StableKey): string {
  if (typeof key === "boolean" || key === null) return String(key);
  if (typeof key !== "object") return typeof key;
  if (key instanceof Uint8Array) return "bytes";
  return Array.isArray(key) ? "array" : "symbol";
}

function contentOf(key: StableKey): Uint8Array {
  if (key instanceof Uint8Array) return key;
  if (typeof key === "object" && key !== null && "symbolKey" in key) return Buffer.from(key.symbolKey);
  return Buffer.from(typeof key === "string" ? key : "");
}
