import { statSync } from "node:fs";
import { relative } from "node:path";
import type { AppPlace } from "../engine/records/app-places.ts";
import { isOutside, toPlace } from "../places/place.ts";
import { TidemarkError } from "../errors.ts";
import { isSameFolder } from "./same-folder.ts";

/**
 * Whether an app's project is another folder than the one it ran in before, while that one still exists: the records of one project would
 * stand for the other. A store that was moved or copied together with the project is no conflict.
 */
export function isOtherProject(known: AppPlace | undefined, place: AppPlace): known is AppPlace {
  if (known === undefined || isSameFolder(known.root, place.root)) return false;
  return !hasMovedAlong(known, place) && isFolder(known.root);
}

/** Whether one root is below the other: what was recorded for the one is at another place of the other. */
export function isNested(one: string, other: string): boolean {
  return !isOutside(toPlace(one, other)) || !isOutside(toPlace(other, one));
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
