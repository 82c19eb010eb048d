import { decodeValue, encodeValue } from "../../state/codec.ts";
import type { PendingDeletionRow } from "./row.ts";

// A reader skips items that it does not know.
type Row = readonly [path: Uint8Array, ancestors: readonly number[], parentPath: Uint8Array, ...unknown[]];

/** Encodes the row of a pending deletion, without its envelope. */
export function encodePendingDeletion({ ancestors, parentPath, path }: PendingDeletionRow): Uint8Array {
  return encodeValue([path, ancestors, parentPath] satisfies Row);
}

/** Decodes the bytes of {@link encodePendingDeletion}. */
export function decodePendingDeletion(bytes: Uint8Array): PendingDeletionRow {
  const [path, ancestors, parentPath] = decodeValue(bytes) as Row;
  return { path, ancestors, parentPath };
}
