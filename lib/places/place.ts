import { posix, win32, type PlatformPath } from "node:path";
import * as hostPath from "node:path";

/** The beginning of a name that is no path, such as `memory:`; one letter is a drive of Windows. */
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]+:/;

/**
 * The place of a canonical absolute path: relative to `root` with "/" between the names for everything at or below it ("." for the root
 * itself), else the path as it is. A relative place that could be mistaken for another kind begins with "./".
 */
export function toPlace(root: string, path: string, style: PlatformPath = hostPath): string {
  const way = style.relative(root, path);
  if (way === "") return ".";
  if (way === ".." || way.startsWith(`..${style.sep}`) || style.isAbsolute(way)) return path;
  const place = way.replaceAll(style.sep, "/");
  return isOutside(place) ? `./${place}` : place;
}

/** The absolute path of a place in the project at `root`; a name such as `memory:x` is returned as it is. */
export function resolvePlace(root: string, place: string, style: PlatformPath = hostPath): string {
  return isOutside(place) ? place : style.resolve(root, place);
}

/** Whether a place is written as one outside of the root: an absolute path of any system, or a name that is no path, such as `memory:x`. */
export function isOutside(place: string): boolean {
  return posix.isAbsolute(place) || win32.isAbsolute(place) || SCHEME.test(place);
}

/** Whether `place` is no path of this system: a name such as `memory:x`, or an absolute path that another system has recorded. */
export function isNoPath(place: string, style: PlatformPath = hostPath): boolean {
  if (SCHEME.test(place)) return true;
  return style.sep === "/" ? win32.isAbsolute(place) && !posix.isAbsolute(place) : place.startsWith("/");
}
