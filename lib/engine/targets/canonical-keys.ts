import { KnownPlaces } from "../../places/known-places.ts";
import { placeAt } from "../../places/place-at.ts";
import { decodePath, encodePath, type StableKey } from "../../state/stable-key.ts";
import type { AppRows } from "../records/app-rows.ts";
import { placeOf, withPlace } from "../records/place-key.ts";

interface Kind {
  readonly places: KnownPlaces;
  /** Whether all recorded places have been added. */
  isLoaded: boolean;
}

/** The keys of target states that are places, in the one form in which the store has each: see {@link TargetHandler.keyedBy}. */
export class CanonicalKeys {
  readonly #rows: AppRows;
  readonly #root: string;
  readonly #kinds = new Map<string, Kind>();

  constructor(rows: AppRows, root: string) {
    this.#rows = rows;
    this.#root = root;
  }

  /** Returns the canonical form of the key of a container of the kind `name`. */
  ofContainer(name: string, key: StableKey): StableKey {
    return withPlace(key, (path) => {
      const place = placeAt(this.#root, path);
      const kind = this.#kindOf(name);
      // Most containers are recorded by this very name; only others are compared with all recorded places.
      if (!kind.isLoaded && this.#rows.providerId(encodePath([name, withPlace(key, () => place)])) === undefined) {
        kind.isLoaded = true;
        for (const recorded of this.#recorded(name)) kind.places.add(recorded);
      }
      return kind.places.find(place);
    });
  }

  /** Returns the canonical form of the key of a target state that is no container. */
  ofState(key: StableKey): StableKey {
    return withPlace(key, (path) => placeAt(this.#root, path));
  }

  #kindOf(name: string): Kind {
    let kind = this.#kinds.get(name);
    if (kind === undefined) {
      kind = { places: new KnownPlaces(this.#root), isLoaded: false };
      this.#kinds.set(name, kind);
    }
    return kind;
  }

  #recorded(name: string): ReadonlySet<string> {
    const recorded = new Set<string>();
    for (const path of this.#rows.providerPaths()) {
      const [kind, key] = decodePath(path);
      const place = kind === name && key !== undefined ? placeOf(key) : undefined;
      if (place !== undefined) recorded.add(place);
    }
    return recorded;
  }
}
