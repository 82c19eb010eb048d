import { basename, dirname, join } from "node:path";
import { isNoPath, resolvePlace } from "./place.ts";
import { placeAt } from "./place-at.ts";
import { placeSystem, type PlaceSystem } from "./place-system.ts";

/**
 * The places of one run, each known by one name: a folder that is reached by another name of the same folder, through a link, a bind
 * mount or another spelling, has the place under which it is known.
 *
 * The identity of a known place is looked up again when it decides: an inode is reused as soon as its folder is gone.
 */
export class KnownPlaces {
  readonly #root: string;
  readonly #system: PlaceSystem;
  readonly #byForm = new Map<string, string>();

  constructor(root: string, system: PlaceSystem = placeSystem) {
    this.#root = root;
    this.#system = system;
  }

  /** Returns the known place of the same file or folder; else `place`, a result of {@link placeAt}, which is known from now on. */
  find(place: string): string {
    if (isNoPath(place)) return place;
    const [deepest, ...outer] = forms(resolvePlace(this.#root, place), this.#system);
    if (deepest === undefined) return place;
    // A folder that is there now may have been missing when it became known.
    for (const { id } of [deepest, ...outer]) {
      const known = this.#byForm.get(id);
      if (known !== undefined && (known === place || this.#leadsTo(known, deepest))) return known;
    }
    this.#byForm.set(deepest.id, place);
    return place;
  }

  /**
   * Makes a place known. Returns the place by which the same file or folder is known from now on: of two, the one that is named as a
   * new one would be, else the one that was known first.
   */
  add(place: string): string {
    const [form] = isNoPath(place) ? [] : forms(resolvePlace(this.#root, place), this.#system);
    if (form === undefined) return place;
    const known = this.#byForm.get(form.id);
    if (known !== undefined && this.#leadsTo(known, form) && !this.#isBetter(place, known)) return known;
    this.#byForm.set(form.id, place);
    return place;
  }

  #isBetter(place: string, known: string): boolean {
    const isNamed = (each: string): boolean => placeAt(this.#root, each, this.#system) === each;
    return isNamed(place) && !isNamed(known);
  }

  #leadsTo(place: string, { base, id }: Form): boolean {
    const [form] = forms(resolvePlace(this.#root, place), this.#system);
    return form?.id === id && this.#system.isReliable(base);
  }
}

/** A path as an existing file or folder and the names below it. */
interface Form {
  readonly id: string;
  /** The existing file or folder. */
  readonly base: string;
}

/** The forms of a path, from its deepest existing ancestor to the root of the file system; two paths with one in common are the same. */
function* forms(location: string, system: PlaceSystem): Generator<Form, void> {
  for (let base = location, rest = ""; ; rest = join(basename(base), rest), base = dirname(base)) {
    const identity = system.identity(base);
    if (identity !== undefined) yield { id: `${identity}\0${rest}`, base };
    if (base === dirname(base)) return;
  }
}
