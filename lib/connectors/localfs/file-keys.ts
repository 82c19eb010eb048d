import { lstatSync, realpathSync, statSync } from "node:fs";
import { canonicalPath } from "../../places/canonical-path.ts";
import { currentMounts, isMountPoint } from "../../places/mounts.ts";
import { wayBelow } from "../../places/way-below.ts";
import { systemCode } from "./walk/file-system-error.ts";

/**
 * The keys of the files in a target folder: their paths with the links and bind mounts among its folders resolved, so that a file has one key whichever
 * way it is declared. A link that leads out of the folder, or nowhere, is kept. Each folder is looked at once.
 */
export class FileKeys {
  readonly #root: string;
  readonly #folders = new Map<string, string>([["", ""]]);
  #realRoot: string | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  /** Returns the key of the file at a path below the folder. */
  of(path: string): string {
    const at = path.lastIndexOf("/");
    if (at === -1) return path;
    return join(this.#folder(path.slice(0, at)), path.slice(at + 1));
  }

  #folder(path: string): string {
    let folder = this.#folders.get(path);
    if (folder === undefined) {
      const at = path.lastIndexOf("/");
      folder = this.#resolve(join(this.#folder(path.slice(0, Math.max(at, 0))), path.slice(at + 1)));
      this.#folders.set(path, folder);
    }
    return folder;
  }

  /** Resolves the last name of a path of which the others are neither links nor mounts. */
  #resolve(path: string): string {
    const location = `${this.#root}/${path}`;
    try {
      const isLink = lstatSync(location, { throwIfNoEntry: false })?.isSymbolicLink() === true;
      if (!isLink && !this.#isMounted(path)) return path;
      if (!statSync(location).isDirectory()) return path;
      return wayBelow(canonicalPath(this.#root), canonicalPath(location)) ?? path;
    } catch (error) {
      // A folder that cannot be looked at is reported when the file is written.
      if (systemCode(error) === undefined) throw error;
      return path;
    }
  }

  #isMounted(path: string): boolean {
    this.#realRoot ??= realpathSync(this.#root);
    return isMountPoint(`${this.#realRoot}/${path}`, currentMounts());
  }
}

function join(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
