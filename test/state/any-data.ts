import fc from "fast-check";

const awkwardText = fc.constantFrom(
  "",
  "__proto__",
  "constructor",
  "toJSON",
  "hasOwnProperty",
  "0",
  "-1",
  "\ud800",
  "a\udc00",
  "😀",
  "é".repeat(40),
);
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.string({ minLength: 30, maxLength: 300 }),
  awkwardText,
);
const bytes = fc.uint8Array({ maxLength: 40 }).map((raw) => Uint8Array.from(raw));
const leaf = fc.oneof(
  text,
  fc.constantFrom<unknown>(
    null,
    undefined,
    true,
    false,
    0,
    -0,
    Number.NaN,
    Infinity,
    -Infinity,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    -(2 ** 31) - 1,
  ),
  fc.integer(),
  fc.double(),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
  fc.bigInt({ min: -(2n ** 600n), max: 2n ** 600n }),
  fc.date({ noInvalidDate: false }),
  bytes,
  bytes.map((raw) => Buffer.from(raw)),
  fc.float64Array({ maxLength: 3 }),
  fc.int16Array({ maxLength: 3 }),
  fc.bigInt64Array({ maxLength: 3 }),
);

/** Plain data of every kind, with objects that occur more than once, and what encodings tend to get wrong. */
export const anyData: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4, depthSize: "small" }, leaf, leaf, tie("object")),
  object: fc.oneof(
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(text, tie("value")), { maxLength: 4 }).map((entries) => record({}, entries)),
    fc.array(fc.tuple(text, tie("value")), { maxLength: 3 }).map((entries) => record(Object.create(null), entries)),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(tie("value"), { maxLength: 3 }).map((items) => new Set(items)),
    tie("value").map((value) => [value, { again: value, more: [value] }]),
  ),
})).value;

function record(target: object, entries: readonly (readonly [string, unknown])[]): object {
  for (const [key, value] of entries) {
    Object.defineProperty(target, key, { value, configurable: true, enumerable: true, writable: true });
  }
  return target;
}

/** Which of the objects in a value are one and the same: their numbers, in the order in which they are met. */
export function identitiesOf(value: unknown): number[] {
  const numbers = new Map<object, number>();
  const identities: number[] = [];
  const visit = (item: unknown): void => {
    if (typeof item !== "object" || item === null) return;
    const known = numbers.get(item);
    identities.push(known ?? numbers.size);
    if (known !== undefined) return;
    numbers.set(item, numbers.size);
    if (item instanceof Map) for (const entry of item) entry.forEach(visit);
    else if (item instanceof Set || Array.isArray(item)) for (const part of item) visit(part);
    else if (!ArrayBuffer.isView(item)) for (const part of Object.values(item)) visit(part);
  };
  visit(value);
  return identities;
}
