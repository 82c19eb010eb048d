import { mixBytes } from "../../state/pages/mix-bytes.ts";
import type { RowCheck } from "../../state/pages/row-check.ts";
import { corruptRowError, guardRow, tooNewRowError } from "./row-errors.ts";

/** The format of a row. Format 1 is written by Tidemark 0.1: without a format byte and without a checksum. */
export type RowFormat = 1 | 2;

/** The format in which rows are written. */
export const ROW_FORMAT: RowFormat = 2;

/** The bytes of a row before its body: the format, and a checksum of the key and the body. */
export const ENVELOPE_BYTES = 5;

/** A row without its envelope. */
export interface OpenedRow {
  readonly format: RowFormat;
  readonly body: Uint8Array;
}

/** Returns the bytes to store under `key`: the body behind its format and its checksum. */
export function sealRow(key: Uint8Array, body: Uint8Array): Uint8Array {
  const row = Buffer.allocUnsafe(ENVELOPE_BYTES + body.length);
  row[0] = ROW_FORMAT;
  row.set(body, ENVELOPE_BYTES);
  row.writeUInt32BE(checksum(key, 0, key.length, row, 0, row.length), 1);
  return row;
}

/**
 * Checks the row that was found under `key`, and returns its format.
 *
 * @throws TidemarkError `STORE_CORRUPT` for a row that was altered, cut or moved; `STORE_TOO_NEW` for a later format
 */
export function checkRow(key: Uint8Array, row: Uint8Array): RowFormat {
  const format = formatOf(key, 0, key.length, row, 0, row.length);
  if (format === "later") throw tooNewRowError(key, row[0]!, ROW_FORMAT);
  if (format === undefined) throw corruptRowError(key);
  return format;
}

/** Checks the row of a key as {@link checkRow} does, and returns the code of its error. */
export const findRowFault: RowCheck = (key, row) => {
  const format = formatOf(key.bytes, key.start, key.end, row.bytes, row.start, row.end);
  if (format === "later") return "STORE_TOO_NEW";
  return format === undefined ? "STORE_CORRUPT" : undefined;
};

/** The format of the row of a key, each a range of bytes: an object for each range would take a third of the time of a check. */
function formatOf(
  key: Uint8Array,
  keyStart: number,
  keyEnd: number,
  row: Uint8Array,
  start: number,
  end: number,
): RowFormat | "later" | undefined {
  const first = start < end ? row[start]! : -1;
  if (first > ROW_FORMAT) return "later";
  const isSealed =
    end - start >= ENVELOPE_BYTES && storedChecksum(row, start) === checksum(key, keyStart, keyEnd, row, start, end);
  if (first === ROW_FORMAT) return isSealed ? 2 : undefined;
  // Rows of format 1 begin with the high byte of an id or with the version of the codec. One that has a checksum is a row of format 2
  // whose first byte was altered.
  return (first === 0 || first === 1) && !isSealed ? 1 : undefined;
}

/**
 * Checks the row that was found under `key`, and takes off its envelope.
 *
 * @throws TidemarkError as {@link checkRow} does
 */
export function openRow(key: Uint8Array, row: Uint8Array): OpenedRow {
  const format = checkRow(key, row);
  return { format, body: format === 1 ? row : row.subarray(ENVELOPE_BYTES) };
}

/**
 * Decodes the row that was found under `key`.
 *
 * @throws TidemarkError as {@link checkRow} does, and `STORE_CORRUPT` where `decode` throws
 */
export function decodeRow<T>(key: Uint8Array, row: Uint8Array, decode: (body: Uint8Array, format: RowFormat) => T): T {
  const { body, format } = openRow(key, row);
  return guardRow(key, () => decode(body, format));
}

function storedChecksum(row: Uint8Array, start: number): number {
  return ((row[start + 1]! << 24) | (row[start + 2]! << 16) | (row[start + 3]! << 8) | row[start + 4]!) >>> 0;
}

/** Covers the key and the body. */
function checksum(
  key: Uint8Array,
  keyStart: number,
  keyEnd: number,
  row: Uint8Array,
  start: number,
  end: number,
): number {
  const sumOfKey = mixBytes(1, key, keyStart, keyEnd, keyEnd - keyStart);
  return mixBytes(sumOfKey, row, start + ENVELOPE_BYTES, end, end - start) >>> 0;
}
