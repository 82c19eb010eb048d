import { decodePath } from "../../state/stable-key.ts";
import { MAX_KEY_BYTES } from "../../state/store.ts";
import { decodeChildRow, readId } from "../records/child-row.ts";
import { corruptRowError, guardRow } from "../records/row-errors.ts";
import { createRowKey, FAMILY, ROW_ID_AT, ROW_TAIL_AT } from "../records/row-keys.ts";
import { ROOT_ID, type ChildRow } from "../records/row.ts";

/** The row of a component, with its place. */
export interface ComponentRow {
  readonly parentId: number;
  /** The encoded path below the parent; empty for the root. */
  readonly path: Uint8Array;
  readonly row: ChildRow;
}

/**
 * Decodes the row of a component with all its parts.
 *
 * @throws TidemarkError `STORE_CORRUPT` or `STORE_TOO_NEW`, also where the key and the content disagree
 */
export function readComponentRow(key: Uint8Array, value: Uint8Array): ComponentRow {
  const row = decodeChildRow(key, value);
  return guardRow(key, () => {
    const parentId = readId(key, ROW_ID_AT);
    const { longPath } = row;
    const path = longPath ?? key.subarray(ROW_TAIL_AT);
    decodePath(path);
    const isRoot = parentId === ROOT_ID && path.length === 0;
    if (isRoot !== (row.id === ROOT_ID) || typeof row.name !== "string") throw corruptRowError(key);
    if ((longPath !== null) !== (key.length === MAX_KEY_BYTES) || !isKeyOf(key, parentId, longPath)) {
      throw corruptRowError(key);
    }
    return { parentId, path, row };
  });
}

function isKeyOf(key: Uint8Array, parentId: number, longPath: Uint8Array | null): boolean {
  if (longPath === null) return key.length >= ROW_TAIL_AT;
  const appId = Buffer.from(key.buffer, key.byteOffset, key.length).readUInt32BE(1);
  return Buffer.compare(createRowKey(appId, FAMILY.child, parentId, longPath), key) === 0;
}
