import { dirname, join, relative } from "node:path";
import { canonicalPath } from "./canonical-path.ts";
import { isNoPath, isOutside, toPlace } from "./place.ts";
import { placeSystem, type PlaceSystem } from "./place-system.ts";

/** The file that marks the folder of a store. */
const STORE_MARK = "FORMAT";

/**
 * Whether a recorded place outside of the root lies in a project that has a store where this project has its own: the store is then
 * a copy of that one, or that one of it, and the place is not provably this project's. A store of 0.1 has no id that would tell.
 */
export function isOfAnotherStore(
  place: string,
  { root, storePath }: { readonly root: string; readonly storePath: string },
  system: PlaceSystem = placeSystem,
): boolean {
  const own = canonicalPath(storePath, system);
  if (!isOutside(place) || isNoPath(place) || isOutside(toPlace(root, own))) return false;
  const position = relative(root, own);
  for (let at = canonicalPath(place, system); ; at = dirname(at)) {
    const other = canonicalPath(join(at, position), system);
    if (system.realpath(join(other, STORE_MARK)) !== undefined && !isSame(own, other, system)) return true;
    if (at === dirname(at)) return false;
  }
}

function isSame(own: string, other: string, system: PlaceSystem): boolean {
  if (own === other) return true;
  const identity = system.identity(own);
  return identity !== undefined && identity === system.identity(other) && system.isReliable(other);
}
