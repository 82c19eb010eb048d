import { placeSystem, type PlaceSystem } from "../places/place-system.ts";

/**
 * Whether two paths name one folder at this moment: links and bind mounts are seen through. Where the file system cannot tell folders
 * apart, only equal paths do.
 */
export function isSameFolder(one: string, other: string, system: PlaceSystem = placeSystem): boolean {
  if (one === other) return true;
  const identity = system.identity(one);
  return identity !== undefined && identity === system.identity(other) && system.isReliable(one);
}
