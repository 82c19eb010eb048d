import { statSync } from "node:fs";
import { relative } from "node:path";
import type { StoreRows } from "../engine/records/store-rows.ts";
import { TidemarkError } from "../errors.ts";
import type { StateChange } from "../state/store.ts";
import { isSameFolder } from "./same-folder.ts";

/** Where an app ran: the canonical paths of the store's folder and of the project's. */
export interface AppPlace {
  readonly store: string;
  readonly root: string;
}

const ROW = "app places";

type Places = ReadonlyMap<string, readonly [store: string, root: string]>;

/** Reads where an app ran last. */
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

/** Returns the changes that forget where an app ran. */
export function removeAppPlace(rows: StoreRows, app: string): StateChange[] {
  const places = new Map(readPlaces(rows));
  return places.delete(app) ? [rows.put(ROW, places)] : [];
}

/**
 * Whether an app's project is another folder than the one it ran in before, while that one still exists: the records of one project would
 * stand for the other. A store that was moved or copied together with the project is no conflict.
 */
export function isOtherProject(known: AppPlace | undefined, place: AppPlace): known is AppPlace {
  if (known === undefined || isSameFolder(known.root, place.root)) return false;
  return !hasMovedAlong(known, place) && isFolder(known.root);
}

/** The error of an app that runs for another project than before. */
export function projectConflict(app: string, known: AppPlace, { root, store }: AppPlace): TidemarkError {
  return new TidemarkError(
    "PROJECT_CONFLICT",
    `Cannot run app "${app}" for the project in ${root}: the store at ${store} holds its records for the project in ` +
      `${known.root}, which still exists; give each project a store of its own, or the app another name; ` +
      "deploys into release folders that share a store set `root` of their Environment",
    { facts: { app, root, knownRoot: known.root, store } },
  );
}

function readPlaces(rows: StoreRows): Places {
  return (rows.get(ROW) as Places | undefined) ?? new Map();
}

function hasMovedAlong(known: AppPlace, place: AppPlace): boolean {
  if (isSameFolder(known.store, place.store)) return false;
  return relative(known.root, known.store) === relative(place.root, place.store);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    // Below a file, or in a folder that may not be entered: it is not there for this process.
    return false;
  }
}
