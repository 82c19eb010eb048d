import { basename, dirname } from "node:path";
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
  const { folder, uppers } = surroundingsOf(root, container);
  for (let end = key.indexOf("/"); end !== -1; end = key.indexOf("/", end + 1)) {
    yield { container: toPlace(root, `${folder}/${key.slice(0, end)}`), key: key.slice(end + 1) };
  }
  for (const { place, way } of uppers) yield { container: place, key: `${way}/${key}` };
}

interface Surroundings {
  readonly root: string;
  readonly container: string;
  /** The absolute path of the folder. */
  readonly folder: string;
  /** The folders above, each with its place and the way from it to the folder. */
  readonly uppers: readonly { readonly place: string; readonly way: string }[];
}

/** The newest answer: one folder is asked about after the other, for many files each. */
let newest: Surroundings | undefined;

function surroundingsOf(root: string, container: string): Surroundings {
  if (newest !== undefined && newest.root === root && newest.container === container) return newest;
  const folder = resolvePlace(root, container);
  const uppers: { place: string; way: string }[] = [];
  for (let inner = folder, way = ""; inner !== dirname(inner); inner = dirname(inner)) {
    way = way === "" ? basename(inner) : `${basename(inner)}/${way}`;
    uppers.push({ place: toPlace(root, dirname(inner)), way });
  }
  newest = { root, container, folder, uppers };
  return newest;
}
