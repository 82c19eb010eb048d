import { decodeValue, encodeValue } from "../../state/codec.ts";
import type { CallRow } from "./row.ts";

type Row = [
  memo: [fingerprint: Uint8Array, dependencies: string, states: readonly unknown[], value: readonly unknown[]],
  declared: CallRow["declared"],
  isAsync: boolean,
  format?: 2,
];

/** Encodes the stored result of a memoized call. */
export function encodeCallRow(call: CallRow): Uint8Array {
  const { declared, dependencies, fingerprint, format, isAsync, states, value } = call;
  const row: Row = [[fingerprint, dependencies, states, value], declared, isAsync];
  if (format === 2) row.push(format);
  return encodeValue(row);
}

/** Decodes the bytes of {@link encodeCallRow}. */
export function decodeCallRow(bytes: Uint8Array): CallRow {
  const [[fingerprint, dependencies, states, value], declared, isAsync, format = 1] = decodeValue(bytes) as Row;
  return { format, fingerprint, dependencies, states, value, declared, isAsync };
}
