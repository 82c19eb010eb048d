import { KnownPlaces } from "../../places/known-places.ts";
import { isOutside } from "../../places/place.ts";
import { placeAt } from "../../places/place-at.ts";
import { decodePath, encodePath, type StableKey } from "../../state/stable-key.ts";
import type { StateStore } from "../../state/store.ts";
import { findAppRows, listApps } from "./app-list.ts";
import type { AppRows } from "./app-rows.ts";
import { ContainerMoves } from "./container-moves.ts";
import { placeOf, withPlace } from "./place-key.ts";

/** The kinds of containers that 0.1 had, whose keys are places today. */
const BUILT_IN_KINDS: readonly string[] = ["tidemark/localfs/directory", "tidemark/sqlite/table"];

/** Options of {@link canonicalizePlaces}. */
export interface CanonicalizeOptions {
  /** The project's folder. */
  readonly root: string;
  /** The names of more kinds of containers whose keys are places. */
  readonly kinds?: readonly string[];
}

/**
 * Makes the recorded places of all apps canonical for the project at `root`: an absolute path, as 0.1 recorded them all, becomes relative
 * when it is below the root, and is freed of links. Containers that are one folder or database by now are merged.
 *
 * Ids, owners and generations stay. Everything is written in one transaction, so an interruption changes nothing.
 */
export async function canonicalizePlaces(store: StateStore, { kinds = [], root }: CanonicalizeOptions): Promise<void> {
  const isKind = new Set<StableKey>([...BUILT_IN_KINDS, ...kinds]);
  const apps = listApps(store).map((name) => findAppRows(store, name)!);
  const listed = apps.map((rows) => ({ rows, containers: placeContainers(rows, isKind) }));
  const names = new PlaceNames(root);
  for (const { containers } of listed) for (const { path } of containers) names.add(path);
  const changes = listed.flatMap(({ containers, rows }) => {
    const moves = new ContainerMoves(rows);
    for (const { id, path } of containers) moves.move(id, path, names.rename(path));
    return moves.changes();
  });
  if (changes.length > 0) await store.write(changes);
}

interface PlaceContainer {
  readonly id: number;
  readonly path: readonly StableKey[];
}

/** Lists the containers of an app that are keyed by place; one with containers in it keeps its name, since theirs contain it. */
function placeContainers(rows: AppRows, kinds: ReadonlySet<StableKey>): readonly PlaceContainer[] {
  const all = [...rows.providers()].map(({ id, path }) => ({ id, path: decodePath(path) }));
  const nested = all.filter(({ path }) => path.length > 2).map(({ path }) => textOf(path.slice(0, 2)));
  const outer = new Set(nested);
  return all.filter(({ path }) => {
    const [kind, key] = path;
    if (path.length !== 2 || !kinds.has(kind!) || placeOf(key!) === undefined) return false;
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
