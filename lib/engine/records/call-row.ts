import { decodeValue, encodeValue } from "../../state/codec.ts";
import { ROW_FORMAT, type RowFormat } from "./row-envelope.ts";
import type { CallRow } from "./row.ts";

// A reader skips items that it does not know. The format stands only in a memo that is not of the format of its row.
type Row = readonly [
  memo: readonly [
    fingerprint: Uint8Array,
    dependencies: string,
    states: readonly unknown[],
    value: readonly unknown[],
    format?: RowFormat,
    ...unknown[],
  ],
  declared: CallRow["declared"],
  isAsync: boolean,
  ...unknown[],
];

/** Encodes the stored result of a memoized call, without its envelope. */
export function encodeCallRow(call: CallRow): Uint8Array {
  const { declared, dependencies, fingerprint, format, isAsync, states, value } = call;
  const memo: Row[0] = [fingerprint, dependencies, states, value, ...(format === ROW_FORMAT ? [] : [format])];
  const row: Row = [memo, declared, isAsync];
  return encodeValue(row);
}

/** Decodes the bytes of {@link encodeCallRow}. A row of format 1 holds a memo of format 1. */
export function decodeCallRow(bytes: Uint8Array, rowFormat: RowFormat): CallRow {
  const [[fingerprint, dependencies, states, value, format = rowFormat], declared, isAsync] = decodeValue(bytes) as Row;
  return { format, fingerprint, dependencies, states, value, declared, isAsync };
}
