import { decodePath } from "../../state/stable-key.ts";
import { readId } from "../records/child-row.ts";
import { decodeRow, type RowFormat } from "../records/row-envelope.ts";
import { ROW_ID_AT } from "../records/row-keys.ts";
import type { TrackedItem, TrackingRow } from "../records/row.ts";
import { decodeTrackingRow } from "../records/tracking-row.ts";

/** The tracking row of a component. */
export interface TrackedComponent {
  readonly id: number;
  readonly row: TrackingRow;
}

/**
 * Decodes a tracking row with all its parts.
 *
 * @throws TidemarkError `STORE_CORRUPT` or `STORE_TOO_NEW`
 */
export function readTrackingRow(key: Uint8Array, value: Uint8Array): TrackedComponent {
  const row = decodeRow(key, value, (body, format) => requireTracking(decodeTrackingRow(body), format));
  return { id: readId(key, ROW_ID_AT), row };
}

function requireTracking(row: TrackingRow, format: RowFormat): TrackingRow {
  // The checksum of a row of format 2 covers its paths and keys.
  if (format === 1) for (const path of [row.path, ...row.items.map(({ key }) => key)]) decodePath(path);
  const isRow =
    typeof row.name === "string" &&
    row.path instanceof Uint8Array &&
    Array.isArray(row.ancestors) &&
    row.ancestors.every(isId);
  if (!isRow || !row.items.every(isItem)) throw new TypeError("Cannot decode the target states of a component");
  return row;
}

function isItem({ generation, inside, key, providerId, states }: TrackedItem): boolean {
  const isInside = inside === null || (isId(inside.generation) && isId(inside.recreatedAt));
  return isInside && key instanceof Uint8Array && isId(providerId) && isId(generation) && Array.isArray(states);
}

/** Whether a value is an id, a generation or the next of them. */
export function isId(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
