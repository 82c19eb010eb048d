import { isDeepStrictEqual } from "node:util";

/** Whether plain data is equal, in the order of its entries as well. */
export function isExactlyEqual(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other) && isDeepStrictEqual(entriesOf(one), entriesOf(other));
}

/** The data with its maps, sets and objects as lists of entries. */
function entriesOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(entriesOf);
  if (value instanceof Map || value instanceof Set) return [...value].map(entriesOf);
  return Object.entries(value).map(entriesOf);
}
