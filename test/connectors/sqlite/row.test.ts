import { expect } from "chai";
import { keyOfRow, rowFingerprinter, storedKey, storedRow } from "../../../lib/connectors/sqlite/row.ts";
import { tableSchema } from "../../../lib/connectors/sqlite/table-schema.ts";

const schema = tableSchema({
  table: "docs",
  columns: {
    path: "text",
    size: "integer",
    score: { type: "real", nullable: true },
    data: "blob",
    done: "boolean",
  },
  primaryKey: ["path", "size"],
});
const row = { path: "a", size: 1, score: null, data: new Uint8Array([1]), done: true };

describe("storedRow", () => {
  it("gives the values in the order of the columns", () => {
    expect(storedRow(schema, row)).to.deep.equal(["a", 1n, null, new Uint8Array([1]), 1n]);
  });

  it("copies bytes, also those of a Buffer", () => {
    const data = Buffer.from("abc");
    const stored = storedRow(schema, { ...row, data });
    data.fill(0);
    expect(stored[3]).to.deep.equal(new Uint8Array([97, 98, 99]));
  });

  it("takes integers of 64 bits, infinities and empty values", () => {
    const values = storedRow(schema, {
      path: "",
      size: -(2n ** 63n),
      score: -Infinity,
      data: new Uint8Array(),
      done: false,
    });
    expect(values).to.deep.equal(["", -(2n ** 63n), -Infinity, new Uint8Array(), 0n]);
  });

  it("makes text well-formed, as it will be in the file", () => {
    expect(storedRow(schema, { ...row, path: "a\ud800" })[0]).to.equal("a\ufffd");
  });

  const wrong: readonly [string, unknown, typeof TypeError | typeof RangeError, RegExp][] = [
    ["a row that is no object", 5, TypeError, /table "docs": `row` must be an object of values by column, got 5$/],
    ["a row that is null", null, TypeError, /got null$/],
    ["a missing column", { ...row, path: undefined }, TypeError, /column "path" must be a string, got undefined$/],
    ["an absent column", { path: "a" }, TypeError, /column "size" is missing$/],
    ["an unknown column", { ...row, sise: 5 }, TypeError, /there is no column "sise", got 5 for it$/],
    ["a number as text", { ...row, path: 1 }, TypeError, /column "path" must be a string, got 1$/],
    ["a fraction", { ...row, size: 1.5 }, RangeError, /column "size" must be a whole number or a bigint, got 1.5$/],
    ["NaN as an integer", { ...row, size: NaN }, RangeError, /column "size" .* got NaN$/],
    ["an infinite integer", { ...row, size: Infinity }, RangeError, /column "size" .* got Infinity$/],
    [
      "2 ** 63",
      { ...row, size: 2 ** 63 },
      RangeError,
      /column "size" must be an integer of 64 bits, got 9223372036854776000$/,
    ],
    ["a bigint beyond", { ...row, size: -(2n ** 63n) - 1n }, RangeError, /of 64 bits, got -9223372036854775809n$/],
    ["a boolean as integer", { ...row, size: true }, TypeError, /column "size" .* got true$/],
    ["NaN", { ...row, score: NaN }, RangeError, /column "score" must be a number or null, got NaN$/],
    [
      "a text as bytes",
      { ...row, data: "x".repeat(99) },
      TypeError,
      /column "data" must be a Uint8Array, got "x{59}…$/,
    ],
    [
      "an ArrayBuffer",
      { ...row, data: new ArrayBuffer(1) },
      TypeError,
      /column "data" must be a Uint8Array, got ArrayBuffer/,
    ],
    ["null", { ...row, data: null }, TypeError, /column "data" must be a Uint8Array, got null$/],
    ["1 as a boolean", { ...row, done: 1 }, TypeError, /column "done" must be a boolean, got 1$/],
  ];
  for (const [what, value, kind, message] of wrong) {
    it(`refuses ${what}`, () => {
      expect(() => storedRow(schema, value)).to.throw(kind, message);
    });
  }
});

describe("keyOfRow", () => {
  it("is the same for equal integers, and can be decoded to the stored values", () => {
    const key = keyOfRow(schema, storedRow(schema, row));
    expect(key).to.deep.equal(["a", 1]);
    expect(keyOfRow(schema, storedRow(schema, { ...row, size: 1n }))).to.deep.equal(key);
    expect(storedKey(schema, key)).to.deep.equal(["a", 1n]);
  });

  it("is exact for integers beyond 2 ** 53", () => {
    const stored = storedRow(schema, { ...row, size: 2n ** 60n + 1n });
    expect(keyOfRow(schema, stored)).to.deep.equal(["a", 2n ** 60n + 1n]);
  });

  it("is a single value for a single column, in the order of the key for several", () => {
    const single = { ...schema, primaryKey: ["data"] };
    expect(keyOfRow(single, storedRow(schema, row))).to.deep.equal(new Uint8Array([1]));
    const swapped = { ...schema, primaryKey: ["size", "path"] };
    expect(keyOfRow(swapped, storedRow(schema, row))).to.deep.equal([1, "a"]);
  });
});

describe("rowFingerprinter", () => {
  const nullable = tableSchema({
    table: "t",
    columns: { id: "integer", a: { type: "text", nullable: true }, b: { type: "blob", nullable: true } },
    primaryKey: "id",
  });
  const fingerprintOf = (value: object): string => rowFingerprinter(nullable)(storedRow(nullable, value));

  it("is equal for equal rows, 1 and 1n being equal", () => {
    expect(fingerprintOf({ id: 1, a: "x", b: null })).to.equal(fingerprintOf({ b: null, a: "x", id: 1n }));
    expect(fingerprintOf({ id: 1, a: "x", b: null })).to.have.lengthOf(22);
  });

  it("differs for rows that differ, null from texts included", () => {
    const rows = [
      { id: 1, a: null, b: null },
      { id: 1, a: "null", b: null },
      { id: 1, a: "", b: null },
      { id: 1, a: null, b: new Uint8Array() },
      { id: 1, a: null, b: new Uint8Array([0]) },
      { id: 2, a: null, b: null },
    ];
    expect(new Set(rows.map(fingerprintOf)).size).to.equal(rows.length);
  });

  it("differs when the values change places with the columns", () => {
    const ab = tableSchema({ table: "t", columns: { a: "text", b: "text" }, primaryKey: "a" });
    const ba = tableSchema({ table: "t", columns: { b: "text", a: "text" }, primaryKey: "a" });
    expect(rowFingerprinter(ab)(["x", "y"])).to.not.equal(rowFingerprinter(ba)(["x", "y"]));
  });
});
