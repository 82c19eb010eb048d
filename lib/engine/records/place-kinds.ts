import type { StableKey } from "../../state/stable-key.ts";

/** The kinds of targets whose keys are places, by name; the module of a built-in kind need not be loaded. */
const kinds = new Set<StableKey>(["tidemark/localfs/directory", "tidemark/sqlite/table"]);

/** Notes that the keys of a kind of targets are places; see {@link TargetHandler.keyedBy}. */
export function addPlaceKind(name: string): void {
  kinds.add(name);
}

/** Whether the keys of a kind of targets are places. */
export function isPlaceKind(name: StableKey): boolean {
  return kinds.has(name);
}
