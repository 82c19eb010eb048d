import { currentMemoRoot } from "../../engine/memo/memo-root.ts";
import { canonicalPath } from "../../places/canonical-path.ts";
import { placeAt } from "../../places/place-at.ts";

/** The names of a walked folder. */
export interface FolderNames {
  /** The folder's absolute path with "/" between the names, without a "/" at its end. */
  readonly root: string;
  /** The folder as the user named it, normalised. */
  readonly dir: string;
}

/** The folder that one listing has found files in. */
export class FileSource implements FolderNames {
  readonly root: string;
  readonly dir: string;
  #found: { readonly memoRoot: string | undefined; readonly place: string } | undefined;

  constructor({ dir, root }: FolderNames) {
    this.root = root;
    this.dir = dir;
  }

  /**
   * The folder's place in the project, which identifies its files: the same however the user named the folder, and wherever the
   * project is. Looked up once; when no run asks, it is the canonical absolute path.
   */
  get place(): string {
    const memoRoot = currentMemoRoot();
    if (this.#found === undefined || this.#found.memoRoot !== memoRoot) {
      const path = this.root === "" ? "/" : this.root;
      this.#found = { memoRoot, place: memoRoot === undefined ? canonicalPath(path) : placeAt(memoRoot, path) };
    }
    return this.#found.place;
  }
}
