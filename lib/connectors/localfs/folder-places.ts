import { lstatSync, realpathSync, statSync } from "node:fs";
import { reservedFolders } from "../../places/reserved-folders.ts";
import { wayBelow } from "../../places/way-below.ts";
import { systemCode } from "./walk/file-system-error.ts";

/**
 * What there is where a folder is wanted; `"outside"` is a link to a folder that is not in the root, `"store"` the folder of a store that
 * is open in this process.
 */
export type Place = "folder" | "nothing" | "file" | "outside" | "store";

/** What there is at the paths of folders below a root, each looked at once. */
export class FolderPlaces {
  readonly #root: string;
  readonly #folders = new Set<string>();
  #generation = reservedFolders.generation;

  constructor(root: string) {
    this.#root = root;
  }

  /** Looks at the root, every folder on the way to `path`, and `path`; gives the first that is no folder, or `path`. */
  find(path: string): { readonly path: string; readonly place: Place } {
    this.#refresh();
    if (this.#folders.has(path)) return { path, place: "folder" };
    const root = this.#look("");
    if (root !== "folder") return { path: "", place: root };
    for (let end = path.indexOf("/"); end !== -1; end = path.indexOf("/", end + 1)) {
      const outer = path.slice(0, end);
      const place = this.#look(outer);
      if (place !== "folder") return { path: outer, place };
    }
    return { path, place: this.#look(path) };
  }

  /** Takes notice that a folder has been removed. */
  forget(path: string): void {
    this.#folders.delete(path);
  }

  /** Forgets the folders when a store may have been opened in one of them. */
  #refresh(): void {
    if (this.#generation === reservedFolders.generation) return;
    this.#generation = reservedFolders.generation;
    this.#folders.clear();
  }

  #look(path: string): Place {
    if (this.#folders.has(path)) return "folder";
    const place = this.#lookAt(path === "" ? this.#root : `${this.#root}/${path}`, path === "");
    if (place === "folder") this.#folders.add(path);
    return place;
  }

  #lookAt(location: string, isRoot: boolean): Place {
    if (isRoot && reservedFolders.findAround(location) !== undefined) return "store";
    const stats = (isRoot ? statSync : lstatSync)(location, { throwIfNoEntry: false });
    if (stats === undefined) return "nothing";
    if (stats.isDirectory()) return reservedFolders.has(location, stats.ino) ? "store" : "folder";
    return stats.isSymbolicLink() ? this.#lookThrough(location) : "file";
  }

  #lookThrough(link: string): Place {
    const target = realPath(link);
    if (target === undefined || !statSync(target).isDirectory()) return "file";
    if (reservedFolders.findAround(target) !== undefined) return "store";
    return wayBelow(realpathSync(this.#root), target) === undefined ? "outside" : "folder";
  }
}

/** Where a link leads; `undefined` for nowhere. */
function realPath(link: string): string | undefined {
  try {
    return realpathSync(link);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(systemCode(error) ?? "")) return undefined;
    throw error;
  }
}
