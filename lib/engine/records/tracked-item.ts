import type { TrackedItem, TrackingRow } from "./row.ts";

/** Finds a target state in the records of its owner. */
export function findItem(
  { items }: TrackingRow,
  { key, providerId }: Pick<TrackedItem, "key" | "providerId">,
): TrackedItem | undefined {
  return items.find((item) => item.providerId === providerId && Buffer.compare(item.key, key) === 0);
}

/** Adds that nothing may be outside to the record of a target state. */
export function withNothing(item: TrackedItem): TrackedItem {
  return item.states.includes(null) ? item : { ...item, states: [null, ...item.states] };
}
