import type { UpdateRecord } from "./update-record.ts";

/**
 * Merges lists of updates, each newest first, into one that is newest first. The order within a list stays, also where the clock was set back
 * between two updates; updates of different lists are ordered by their start times.
 */
export function mergeUpdates(lists: Iterable<readonly UpdateRecord[]>): UpdateRecord[] {
  return [...lists]
    .flatMap(placeUpdates)
    .toSorted((one, other) => other.placeMs - one.placeMs)
    .map(({ record }) => record);
}

/** The start times of a list, each lowered to the earliest start of a newer update. */
function placeUpdates(list: readonly UpdateRecord[]): { readonly record: UpdateRecord; readonly placeMs: number }[] {
  let placeMs = Infinity;
  return list.map((record) => {
    placeMs = Math.min(placeMs, Date.parse(record.startedAt));
    return { record, placeMs };
  });
}
