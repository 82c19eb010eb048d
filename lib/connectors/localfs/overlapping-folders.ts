import { basename, dirname, join } from "node:path";
import { resolvePlace, toPlace } from "../../places/place.ts";

/** A file as a target state: the place of a folder, and the path below it with "/" between the names. */
export interface FileName {
  readonly container: string;
  readonly key: string;
}

/** Lists the other names of a file, in the folders between it and its own folder and in those above; see {@link ContainerHandler.aliases}. */
export function* overlappingFolders(name: FileName & { readonly root: string }): Generator<FileName> {
  const { container, root } = name;
  for (const { folder, key } of folderNames(resolvePlace(root, container), name.key)) {
    // A folder below the root is known by its place there, or by its absolute path.
    for (const place of new Set([folder, toPlace(root, folder)])) {
      if (place !== container) yield { container: place, key };
    }
  }
}

function* folderNames(own: string, key: string): Generator<{ readonly folder: string; readonly key: string }> {
  yield { folder: own, key };
  for (let end = key.indexOf("/"); end !== -1; end = key.indexOf("/", end + 1)) {
    yield { folder: join(own, key.slice(0, end)), key: key.slice(end + 1) };
  }
  let path = key;
  for (let inner = own; inner !== dirname(inner); inner = dirname(inner)) {
    path = `${basename(inner)}/${path}`;
    yield { folder: dirname(inner), key: path };
  }
}
