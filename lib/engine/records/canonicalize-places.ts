import { KnownPlaces } from "../../places/known-places.ts";
import { isNoPath, isOutside, toPlace } from "../../places/place.ts";
import { placeAt } from "../../places/place-at.ts";
import { decodePath, encodePath, type StableKey } from "../../state/stable-key.ts";
import type { AppRows } from "./app-rows.ts";
import { ContainerMoves } from "./container-moves.ts";
import { locatedPath } from "./located-path.ts";
import { placeOf, withPlace } from "./place-key.ts";
import { isPlaceKind } from "./place-kinds.ts";
import { storedApps } from "./stored-apps.ts";

/**
 * Makes the recorded places of an app canonical for the project at `root`: an absolute path, as 0.1 recorded them all, becomes relative
 * when it is below the root, and is freed of links. Containers that are one folder or database by now are merged; of their names, one that
 * another app has recorded is kept. Call it before the app runs. `formerRoot` is the folder that relative places were recorded for.
 *
 * Ids, owners and generations stay. Everything is written in one transaction, so an interruption changes nothing.
 */
export async function canonicalizePlaces(rows: AppRows, root: string, formerRoot: string = root): Promise<void> {
  const containers = placeContainers(rows);
  if (containers.length === 0) return;
  const names = new PlaceNames(root);
  const rebased = (path: readonly StableKey[]): readonly StableKey[] =>
    formerRoot === root ? path : rebase(path, formerRoot, root);
  for (const { path } of containers) names.add(rebased(path));
  for (const path of otherContainers(rows, root)) names.add(path);
  const moves = new ContainerMoves(rows);
  for (const { id, path } of containers) moves.move(id, path, names.rename(rebased(path)));
  const changes = moves.changes();
  if (changes.length > 0) await rows.write(changes);
}

/** Lists the containers of the other apps, by their places in the project at `root`. */
function* otherContainers(rows: AppRows, root: string): Generator<readonly StableKey[]> {
  for (const app of storedApps(rows.store).apps.values()) {
    if (app.rows.appId === rows.appId) continue;
    for (const { path } of placeContainers(app.rows)) {
      yield rebase(path, app.root ?? root, root);
    }
  }
}

/** The path of a container with its place as it is relative to another root. */
function rebase(path: readonly StableKey[], formerRoot: string, root: string): readonly StableKey[] {
  const [kind, key] = locatedPath(path, formerRoot);
  return [kind!, withPlace(key!, (place) => (isNoPath(place) ? place : toPlace(root, place)))];
}

interface PlaceContainer {
  readonly id: number;
  readonly path: readonly StableKey[];
}

/** Lists the containers of an app that are keyed by place; one with containers in it keeps its name, since theirs contain it. */
function placeContainers(rows: AppRows): readonly PlaceContainer[] {
  const all = [...rows.providers()].map(({ id, path }) => ({ id, path: decodePath(path) }));
  const nested = all.filter(({ path }) => path.length > 2).map(({ path }) => textOf(path.slice(0, 2)));
  const outer = new Set(nested);
  return all.filter(({ path }) => {
    const [kind, key] = path;
    if (path.length !== 2 || !isPlaceKind(kind!) || placeOf(key!) === undefined) return false;
    return outer.size === 0 || !outer.has(textOf(path));
  });
}

function textOf(path: readonly StableKey[]): string {
  return Buffer.from(encodePath(path)).toString("latin1");
}

/** The recorded places of each kind, with the one name that each is to have. */
class PlaceNames {
  readonly #root: string;
  readonly #kinds = new Map<StableKey, KindNames>();

  constructor(root: string) {
    this.#root = root;
  }

  add([kind, key]: readonly StableKey[]): void {
    let names = this.#kinds.get(kind!);
    if (names === undefined) {
      names = new KindNames(this.#root);
      this.#kinds.set(kind!, names);
    }
    names.add(placeOf(key!)!);
  }

  /** The path with the canonical name of its place; every path is to be added first. */
  rename([kind, key]: readonly StableKey[]): readonly StableKey[] {
    return [kind!, withPlace(key!, (place) => this.#kinds.get(kind!)!.rename(place))];
  }
}

class KindNames {
  readonly #root: string;
  readonly #places: KnownPlaces;
  /** The canonical form of each recorded place. */
  readonly #canonical = new Map<string, string>();

  constructor(root: string) {
    this.#root = root;
    this.#places = new KnownPlaces(root);
  }

  add(place: string): void {
    if (this.#canonical.has(place)) return;
    // A folder of the project that has become a link keeps its name: its files were moved to where the link leads.
    const canonical = isOutside(place) ? placeAt(this.#root, place) : place;
    this.#canonical.set(place, canonical);
    this.#places.add(canonical);
  }

  rename(place: string): string {
    return this.#places.find(this.#canonical.get(place)!);
  }
}
