import { resolvePlace } from "../../places/place.ts";
import type { StableKey } from "../../state/stable-key.ts";
import { withPlace } from "./place-key.ts";
import { isPlaceKind } from "./place-kinds.ts";

/**
 * Returns the path of a provider with the absolute path in the place of a place, so that apps with different roots can be compared. A `root`
 * that is not known leaves the place as it is.
 */
export function locatedPath(path: readonly StableKey[], root: string | undefined): readonly StableKey[] {
  const [kind, key, ...rest] = path;
  return kind === undefined || key === undefined ? path : [kind, locatedKey(kind, key, root), ...rest];
}

/** Returns a key of a kind of targets with the absolute path in the place of a place. */
export function locatedKey(kind: StableKey, key: StableKey, root: string | undefined): StableKey {
  if (root === undefined || !isPlaceKind(kind)) return key;
  return withPlace(key, (place) => resolvePlace(root, place));
}
