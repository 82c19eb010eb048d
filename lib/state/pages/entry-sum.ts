import { mixBytes } from "./mix-bytes.ts";

/** Another start than that of the checksums of rows. */
const START = 0x5bd1e995;

/** The number of an entry in the sum of all entries of a store, from the ranges of its key and its value. */
export function numberOfEntry(
  key: Uint8Array,
  keyStart: number,
  keyEnd: number,
  value: Uint8Array,
  start: number,
  end: number,
): number {
  return mixBytes(mixBytes(START, key, keyStart, keyEnd, keyEnd - keyStart), value, start, end, end - start) >>> 0;
}

/** Adds to a sum of entries. The order of the entries makes no difference. */
export function addToSum(sum: number, number: number): number {
  return (sum + number) >>> 0;
}
