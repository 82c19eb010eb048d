import fc from "fast-check";

const text = fc.oneof(
  fc.string({ maxLength: 3 }),
  fc
    .array(fc.constantFrom(0, 0x61, 0xe9, 0xd800, 0xdc00, 0xfffd), { maxLength: 2 })
    .map((units) => String.fromCharCode(...units)),
);

/** Plain data of every kind that can be compared. */
export const anyValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(undefined, null, true, false, 0, 1, Number.NaN, Infinity, "", "0", "1", 0n, 1n),
    fc.double(),
    fc.bigInt({ min: -300n, max: 300n }),
    text,
    fc.uint8Array({ maxLength: 3 }).map((bytes) => Uint8Array.from(bytes)),
    fc.float32Array({ maxLength: 2, noNaN: true }).map((items) => Float32Array.from(items, (item) => item + 0)),
    fc.date({ noInvalidDate: true }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "ab"), tie("value"), { maxKeys: 3, noNullPrototype: true }),
    fc.array(fc.tuple(fc.constantFrom("a", "b", 1), tie("value")), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(fc.constantFrom(1, "1", 1n, true, null), { maxLength: 3 }).map((items) => new Set(items)),
  ),
})).value;
