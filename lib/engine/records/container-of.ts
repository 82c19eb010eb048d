import { decodePath, encodeKey, encodePath } from "../../state/stable-key.ts";
import type { AppRows } from "./app-rows.ts";
import type { TrackedItem, TrackingRow } from "./row.ts";
import { findItem } from "./tracked-item.ts";

/** A recorded container, with the component that owns it. */
export interface RecordedContainer {
  readonly item: TrackedItem;
  readonly owner: number;
  readonly row: TrackingRow;
}

/** Finds the record of the container that a provider is the inside of. */
export function containerOf(rows: AppRows, providerId: number): RecordedContainer | undefined {
  const keys = decodePath(rows.providerPath(providerId) ?? new Uint8Array());
  const outer = keys.length > 1 ? rows.providerId(encodePath(keys.slice(0, -1))) : undefined;
  if (outer === undefined) return undefined;
  const name = { providerId: outer, key: encodeKey(keys.at(-1)!) };
  const owner = rows.owner(outer, name.key);
  const row = owner === undefined ? undefined : rows.tracking(owner);
  const item = row && findItem(row, name);
  return owner === undefined || row === undefined || item === undefined ? undefined : { item, owner, row };
}
