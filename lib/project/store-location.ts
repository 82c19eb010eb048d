import { isSameFolder } from "./same-folder.ts";
import { readBeacon } from "./store-beacon.ts";
import type { StoreIdentity } from "./store-identity.ts";

/** How a store comes to be where it is: its place is confirmed, it is a copy of a store that is still there, or it was moved. */
export type StoreLocation = "confirmed" | "copied" | "moved";

/**
 * Tells how a store comes to be in the folder `here`, a canonical path. A store that a run has opened here, at a confirmed place, is
 * confirmed. Any other is a copy if a store of the same id is in one of its former places. Without one, the store is at a confirmed
 * place again, or was moved.
 */
export function locateStore({ confirmed, id, openedAt }: StoreIdentity, here: string): StoreLocation {
  const isConfirmed = confirmed.some((path) => isSameFolder(path, here));
  if (isConfirmed && isSameFolder(openedAt, here)) return "confirmed";
  const former = [openedAt, ...confirmed].filter((path) => !isSameFolder(path, here));
  if (former.some((path) => readBeacon(path) === id)) return "copied";
  return isConfirmed ? "confirmed" : "moved";
}
