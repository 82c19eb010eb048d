import { isAbsolute, relative, sep } from "node:path";

/** Returns the way from a folder to a path at or below it, with "/" between the names; `undefined` for a path that is not below it. */
export function wayBelow(folder: string, path: string): string | undefined {
  const way = relative(folder, path);
  const isOutside = way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way);
  return isOutside ? undefined : way.replaceAll(sep, "/");
}
