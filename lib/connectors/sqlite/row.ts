import { hash } from "node:crypto";
import type { StableKey } from "../../state/stable-key.ts";
import type { ColumnSchema } from "./column-schema.ts";
import { shownValue } from "./shown-value.ts";
import { keyColumns, type TableSchema } from "./table-schema.ts";

/** A value as it is stored: every integer is a bigint, so that equal numbers are equal. */
export type StoredValue = string | number | bigint | Uint8Array | null;

/** A row as it is stored: one value a column, in the order of the schema. */
export type StoredRow = readonly StoredValue[];

/**
 * Checks a row and copies it into the form in which it is stored.
 *
 * @throws TypeError or RangeError naming the table, the column and the value
 */
export function storedRow(schema: TableSchema, row: unknown): StoredRow {
  const act = `Cannot declare a row of table ${shownValue(schema.table)}`;
  if (typeof row !== "object" || row === null) {
    throw new TypeError(`${act}: \`row\` must be an object of values by column, got ${shownValue(row)}`);
  }
  const values = new Map(Object.entries(row));
  const stored = schema.columns.map((column) => {
    if (!values.has(column.name)) throw new TypeError(`${act}: column ${shownValue(column.name)} is missing`);
    const value: unknown = values.get(column.name);
    values.delete(column.name);
    return storedValue(act, column, value);
  });
  for (const [name, value] of values) {
    throw new TypeError(`${act}: there is no column ${shownValue(name)}, got ${shownValue(value)} for it`);
  }
  return stored;
}

/** The key of a row: the value of its key column, or an array of the values of several. */
export function keyOfRow(schema: TableSchema, row: StoredRow): StableKey {
  const parts = keyColumns(schema).map((column) => keyPart(row[schema.columns.indexOf(column)] ?? null));
  return parts.length === 1 ? (parts[0] ?? null) : parts;
}

/** The values of the key columns of a {@link keyOfRow}, as they are stored. */
export function storedKey(schema: TableSchema, key: StableKey): StoredRow {
  const parts: readonly StableKey[] = schema.primaryKey.length === 1 ? [key] : (key as readonly StableKey[]);
  return keyColumns(schema).map(({ type }, at) => {
    const part = parts[at] as StoredValue;
    return type === "integer" || type === "boolean" ? BigInt(part as number | bigint) : part;
  });
}

/**
 * A function that gives a short text which is the same for equal rows only.
 * It tells tables of different columns apart too.
 */
export function rowFingerprinter(schema: TableSchema): (row: StoredRow) => string {
  const prefix = JSON.stringify(schema.columns.map(({ name, type }) => [name, type]));
  return (row) => sha256(prefix + JSON.stringify(row.map(fingerprintPart))).slice(0, 22);
}

function storedValue(act: string, column: ColumnSchema, value: unknown): StoredValue {
  if (value === null && column.nullable) return null;
  switch (column.type) {
    case "text":
      if (typeof value === "string") return value.toWellFormed();
      break;
    case "integer":
      if (typeof value === "bigint" || typeof value === "number") return storedInteger(act, column, value);
      break;
    case "real":
      if (Number.isNaN(value)) throw new RangeError(wrongValue(act, column, "a number", value));
      // SQLite has one zero.
      if (typeof value === "number") return value === 0 ? 0 : value;
      break;
    case "blob":
      if (value instanceof Uint8Array) return new Uint8Array(value);
      break;
    case "boolean":
      if (typeof value === "boolean") return value ? 1n : 0n;
      break;
  }
  throw new TypeError(wrongValue(act, column, WANTED[column.type], value));
}

const WANTED = Object.freeze({
  text: "a string",
  integer: "a whole number or a bigint",
  real: "a number",
  blob: "a Uint8Array",
  boolean: "a boolean",
});

function storedInteger(act: string, column: ColumnSchema, value: number | bigint): bigint {
  if (typeof value === "number" && !Number.isInteger(value)) {
    throw new RangeError(wrongValue(act, column, WANTED.integer, value));
  }
  const integer = BigInt(value);
  if (BigInt.asIntN(64, integer) !== integer) {
    throw new RangeError(wrongValue(act, column, "an integer of 64 bits", value));
  }
  return integer;
}

function wrongValue(act: string, column: ColumnSchema, wanted: string, value: unknown): string {
  const orNull = column.nullable ? " or null" : "";
  return `${act}: column ${shownValue(column.name)} must be ${wanted}${orNull}, got ${shownValue(value)}`;
}

function keyPart(value: StoredValue): StableKey {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Columns have one type each, so that only `null` needs to be told apart from a text. */
function fingerprintPart(value: StoredValue): string | null {
  if (value === null || typeof value === "string") return value;
  return value instanceof Uint8Array ? sha256(value) : String(value);
}

function sha256(data: string | Uint8Array): string {
  return hash("sha256", data, "base64url");
}
