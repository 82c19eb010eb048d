import { basename, dirname, join, resolve } from "node:path";
import { placeSystem, type PlaceSystem } from "./place-system.ts";

/** As many links as Linux follows in one path. */
const MAX_LINKS = 40;

/**
 * Returns the absolute path without links and bind mounts of a file or folder that need not exist: the links of its deepest existing
 * ancestor are resolved, the other names are appended. A link whose target is missing is followed as well.
 */
export function canonicalPath(path: string, system: PlaceSystem = placeSystem): string {
  return withUpperCaseDrive(system.unbind(canonical(resolve(path), system, MAX_LINKS)));
}

function canonical(path: string, system: PlaceSystem, maxLinks: number): string {
  const real = system.realpath(path);
  if (real !== undefined) return real;
  const folder = dirname(path);
  if (folder === path) return path;
  const target = maxLinks > 0 ? system.readlink(path) : undefined;
  const outer = canonical(folder, system, maxLinks);
  if (target !== undefined) return canonical(resolve(outer, target), system, maxLinks - 1);
  return join(outer, basename(path));
}

/** Windows compares drive letters without case; programs write them in both. */
function withUpperCaseDrive(path: string): string {
  return /^[a-z]:\\/.test(path) ? path.charAt(0).toUpperCase() + path.slice(1) : path;
}
