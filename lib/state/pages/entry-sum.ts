import { mixBytes } from "./mix-bytes.ts";

/** The checksums of rows start with 1. */
const START = 0x5bd1e995;

/** The bytes of a value that count: the checksum of a row, which is among them, covers its key and its content. */
const MAX_BYTES = 16;

/** The number of an entry in the sum of all entries of a store, from the range of its value. */
export function numberOfEntry(value: Uint8Array, start: number, end: number): number {
  return mixBytes(START, value, start, Math.min(end, start + MAX_BYTES), end - start) >>> 0;
}

/** Adds to a sum of entries. The order of the entries makes no difference. */
export function addToSum(sum: number, number: number): number {
  return (sum + number) >>> 0;
}
