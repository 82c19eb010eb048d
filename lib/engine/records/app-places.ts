import { relative, resolve } from "node:path";
import { isOutside, toPlace } from "../../places/place.ts";
import type { StateChange } from "../../state/store.ts";
import type { StoreRows } from "./store-rows.ts";

/** Where an app ran: the canonical paths of the store's folder and of the project's. */
export interface AppPlace {
  readonly store: string;
  readonly root: string;
}

const ROW = "app places";

type Places = ReadonlyMap<string, readonly [store: string, root: string]>;

/** Reads where an app ran last; `undefined` for an app that has run with Tidemark 0.1 only. */
export function readAppPlace(rows: StoreRows, app: string): AppPlace | undefined {
  const place = readPlaces(rows).get(app);
  return place === undefined ? undefined : { store: place[0], root: place[1] };
}

/** Returns the changes that remember where an app runs: none when it is known. */
export function putAppPlace(rows: StoreRows, app: string, place: AppPlace): StateChange[] {
  const known = readAppPlace(rows, app);
  if (known?.root === place.root && known.store === place.store) return [];
  return [rows.put(ROW, new Map([...readPlaces(rows), [app, [place.store, place.root]]]))];
}

/**
 * Returns the changes for a store that is in another folder by now: a project that the store is in has moved along with it, unless the
 * store is still below the earlier root.
 */
export function moveAppPlaces(rows: StoreRows, folder: string): StateChange[] {
  const places = readPlaces(rows);
  const moved = [...places].filter(
    ([, [store, root]]) => store !== folder && isBelow(root, store) && !isBelow(root, folder),
  );
  if (moved.length === 0) return [];
  const here = moved.map(([app, [store, root]]) => [app, [folder, resolve(folder, relative(store, root))]] as const);
  return [rows.put(ROW, new Map([...places, ...here]))];
}

/** Returns the changes that forget where an app ran. */
export function removeAppPlace(rows: StoreRows, app: string): StateChange[] {
  const places = new Map(readPlaces(rows));
  return places.delete(app) ? [rows.put(ROW, places)] : [];
}

function isBelow(root: string, path: string): boolean {
  return !isOutside(toPlace(root, path));
}

function readPlaces(rows: StoreRows): Places {
  return (rows.get(ROW) as Places | undefined) ?? new Map();
}
