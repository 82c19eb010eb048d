import { expect } from "chai";
import { tableSchema } from "../../../lib/connectors/sqlite/table-schema.ts";

const options = { table: "docs", columns: { path: "text", size: "integer" }, primaryKey: "path" } as const;

describe("tableSchema", () => {
  it("is plain data that is the same for the short and the long form", () => {
    const long = {
      table: "docs",
      columns: { path: { type: "text" }, size: { type: "integer", nullable: false } },
      primaryKey: ["path"],
      indexes: [],
    } as const;
    expect(tableSchema(options)).to.deep.equal(tableSchema(long));
    expect(structuredClone(tableSchema(options))).to.deep.equal(tableSchema(options));
  });

  it("stores columns of a full-text table that are not text without searching them", () => {
    const { fts5 } = tableSchema({ ...options, fts5: {} });
    expect(fts5).to.deep.equal({ tokenize: "unicode61", unindexed: ["size"] });
  });

  const wrong: readonly [string, object, typeof TypeError | typeof RangeError, RegExp][] = [
    ["no table name", { table: undefined }, TypeError, /^Cannot mount table undefined: `table` must be a string/],
    ["an empty table name", { table: "" }, RangeError, /`table` must be a name/],
    ["NUL in a name", { table: "a\0b" }, RangeError, /without NUL/],
    ["half a character in a name", { table: "a\ud800" }, RangeError, /broken characters/],
    ["a reserved name", { table: "SQLite_x" }, RangeError, /"sqlite_".* are reserved$/],
    ["the name of a table of keys", { table: "x_tidemark_keys" }, RangeError, /reserved$/],
    ["no columns", { columns: {} }, RangeError, /`columns` must have at least one column, got none$/],
    ["columns that are an array", { columns: ["a"] }, TypeError, /`columns` must be an object/],
    ["columns that differ in case alone", { columns: { path: "text", PATH: "text" } }, RangeError, /got "PATH" twice$/],
    ["an unknown type", { columns: { path: "string" } }, TypeError, /must be one of text, .*, got "string"$/],
    ["a type of Object.prototype", { columns: { path: "toString" } }, TypeError, /got "toString"$/],
    ["a column that is null", { columns: { path: null } }, TypeError, /got undefined$/],
    ["an empty column name", { columns: { "": "text" } }, RangeError, /`columns` must be a name/],
    ["no key", { primaryKey: [] }, RangeError, /`primaryKey` must have at least one column/],
    [
      "a key that is no name",
      { primaryKey: undefined },
      TypeError,
      /`primaryKey` must be names of columns, got undefined$/,
    ],
    [
      "an unknown key",
      { primaryKey: "id" },
      RangeError,
      /`primaryKey` must be made of the columns "path", "size", got "id"$/,
    ],
    ["a doubled key", { primaryKey: ["path", "path"] }, RangeError, /got "path" twice$/],
    [
      "a nullable key",
      { columns: { path: { type: "text", nullable: true } } },
      RangeError,
      /"path" .* must not be nullable$/,
    ],
    ["an index of nothing", { indexes: [{ columns: [] }] }, RangeError, /`indexes\[0\].columns` must have/],
    [
      "an index of an unknown column",
      { indexes: [{ columns: ["x"] }] },
      RangeError,
      /`indexes\[0\].columns` .* got "x"$/,
    ],
    [
      "one index twice",
      { indexes: [{ columns: ["size"] }, { columns: ["size"] }] },
      RangeError,
      /`indexes\[1\].columns` must/,
    ],
    [
      "an index of a full-text table",
      { fts5: {}, indexes: [{ columns: ["size"] }] },
      RangeError,
      /cannot have `indexes`$/,
    ],
    ["a tokenizer that is no text", { fts5: { tokenize: 1 } }, TypeError, /`fts5.tokenize` must be a tokenizer/],
    [
      "a full-text table with nothing to search",
      { fts5: { unindexed: ["path"] } },
      RangeError,
      /must have a text column/,
    ],
    [
      "a full-text column called rank",
      { columns: { path: "text", Rank: "text" }, fts5: {} },
      RangeError,
      /called "Rank"$/,
    ],
    [
      "a full-text column with the table's name",
      { columns: { path: "text", DOCS: "text" }, fts5: {} },
      RangeError,
      /"DOCS"$/,
    ],
  ];
  for (const [what, change, kind, message] of wrong) {
    it(`refuses ${what}`, () => {
      expect(() => tableSchema({ ...options, ...change })).to.throw(kind, message);
    });
  }
});
