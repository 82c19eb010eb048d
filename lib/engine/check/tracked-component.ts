import { decodeKey, decodePath } from "../../state/stable-key.ts";
import { readId } from "../records/child-row.ts";
import { decodeRow } from "../records/row-envelope.ts";
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
  const row = decodeRow(key, value, (body) => requireTracking(decodeTrackingRow(body)));
  return { id: readId(key, ROW_ID_AT), row };
}

function requireTracking(row: TrackingRow): TrackingRow {
  decodePath(row.path);
  const isRow = typeof row.name === "string" && Array.isArray(row.ancestors) && row.ancestors.every(isId);
  if (!isRow || !row.items.every(isItem)) throw new TypeError("Cannot decode the target states of a component");
  return row;
}

function isItem({ generation, inside, key, providerId, states }: TrackedItem): boolean {
  decodeKey(key);
  const isInside = inside === null || (isId(inside.generation) && isId(inside.recreatedAt));
  return isInside && isId(providerId) && isId(generation) && Array.isArray(states);
}

/** Whether a value is an id, a generation or the next of them. */
export function isId(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
