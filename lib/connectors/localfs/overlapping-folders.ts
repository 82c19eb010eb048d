import { basename, dirname, isAbsolute, join } from "node:path";
import { resolvePlace, toPlace } from "../../places/place.ts";

/** A file as a target state: the place of a folder, and the path below it with "/" between the names. */
export interface FileName {
  readonly container: string;
  readonly key: string;
}

/** Lists the other names of a file, in the folders between it and its own folder and in those above; see {@link ContainerHandler.aliases}. */
export function* overlappingFolders({
  container,
  key,
  root,
}: FileName & { readonly root: string }): Generator<FileName> {
  const { own, uppers } = surroundingsOf(root, container);
  for (const place of own) {
    if (place !== container) yield { container: place, key };
    for (let end = key.indexOf("/"); end !== -1; end = key.indexOf("/", end + 1)) {
      yield { container: below(root, place, key.slice(0, end)), key: key.slice(end + 1) };
    }
  }
  for (const { places, way } of uppers) {
    for (const place of places) yield { container: place, key: `${way}/${key}` };
  }
}

interface Surroundings {
  readonly root: string;
  readonly container: string;
  /** The names of the folder itself. */
  readonly own: readonly string[];
  /** The folders above, each with its names and the way from it to the folder. */
  readonly uppers: readonly { readonly places: readonly string[]; readonly way: string }[];
}

/** The newest answer: one folder is asked about after the other, for many files each. */
let newest: Surroundings | undefined;

function surroundingsOf(root: string, container: string): Surroundings {
  if (newest !== undefined && newest.root === root && newest.container === container) return newest;
  const folder = resolvePlace(root, container);
  const uppers: { places: readonly string[]; way: string }[] = [];
  for (let inner = folder, way = ""; inner !== dirname(inner); inner = dirname(inner)) {
    way = way === "" ? basename(inner) : `${basename(inner)}/${way}`;
    uppers.push({ places: placesOf(root, dirname(inner)), way });
  }
  newest = { root, container, own: placesOf(root, folder), uppers };
  return newest;
}

/** A folder below the root is known by its place there, or by its absolute path. */
function placesOf(root: string, folder: string): readonly string[] {
  return [...new Set([folder, toPlace(root, folder)])];
}

function below(root: string, place: string, way: string): string {
  if (place === ".") return toPlace(root, join(root, way));
  return isAbsolute(place) ? join(place, way) : `${place}/${way}`;
}
