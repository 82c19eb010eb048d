import type { TrackedItem, TrackingRow } from "../records/row.ts";
import type { MountedComponents } from "./mounted-components.ts";

/**
 * Whether the owner of a target state keeps it in this run, as far as is known: it declares it, or it or one above it is unchanged. A
 * state that is being removed, or whose removal has failed, is not kept. `row` is the tracking row of `owner`, `item` the state in it.
 */
export function isStateKept(
  mounted: MountedComponents,
  owner: number,
  row: TrackingRow,
  item: Pick<TrackedItem, "states">,
): boolean {
  return item.states.at(-1) !== null && mounted.keepsTargets(owner, row.ancestors);
}
