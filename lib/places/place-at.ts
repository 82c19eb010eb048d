import { basename, dirname, join } from "node:path";
import { canonicalPath } from "./canonical-path.ts";
import { isNoPath, isOutside, resolvePlace, toPlace } from "./place.ts";
import { placeSystem, type PlaceSystem } from "./place-system.ts";

/**
 * Returns the place of `path` in the project at `root`, by its name: a path that leads to the root through links, or through a bind mount
 * of the root or of a folder above it, is below the root. Relative paths are relative to the root.
 */
export function placeAt(root: string, path: string, system: PlaceSystem = placeSystem): string {
  if (isNoPath(path)) return path;
  const location = canonicalPath(resolvePlace(root, path), system);
  const place = toPlace(root, location);
  return isOutside(place) ? (placeThrough(root, location, system) ?? place) : place;
}

/**
 * Whether the file or folder at a place is at or below the root now, links and bind mounts considered: a folder of the project that
 * has become a link to a folder elsewhere is outside.
 */
export function isInside(root: string, place: string, system: PlaceSystem = placeSystem): boolean {
  return !isOutside(placeAt(root, place, system));
}

/** The place of a path of which an ancestor is the root under another name. */
function placeThrough(root: string, location: string, system: PlaceSystem): string | undefined {
  const wanted = system.identity(root);
  if (wanted === undefined) return undefined;
  for (let at = location, rest = ""; ; rest = join(basename(at), rest), at = dirname(at)) {
    if (system.identity(at) === wanted) return system.isReliable(at) ? toPlace(root, join(root, rest)) : undefined;
    if (at === dirname(at)) return undefined;
  }
}
