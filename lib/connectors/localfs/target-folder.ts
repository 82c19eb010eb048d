import { lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, unlinkSync } from "node:fs";
import { TidemarkError } from "../../errors.ts";
import { contentHash } from "./content-hash.ts";
import { fileSystemError, isMissing, systemCode } from "./walk/file-system-error.ts";
import type { OwnedStates } from "../../engine/targets/target-handler.ts";
import { FolderPlaces } from "./folder-places.ts";
import { OtherNames } from "./other-names.ts";
import { isTemporaryName, replaceFile, temporaryPath } from "./replace-file.ts";

/**
 * The folder of a target during one batch. It touches nothing outside of it, and of what is in the way of a file or folder to
 * be made, only what `isLeftOver` says is the target's own and not wanted any more.
 */
export class TargetFolder {
  readonly #root: string;
  readonly #isLeftOver: (path: string) => boolean;
  readonly #places: FolderPlaces;
  readonly #otherNames: OtherNames | undefined;
  readonly #thinned = new Set<string>();

  constructor(root: string, isLeftOver: (path: string) => boolean, owned?: OwnedStates) {
    this.#root = root;
    this.#otherNames = owned && new OtherNames(root, owned);
    this.#isLeftOver = isLeftOver;
    this.#places = new FolderPlaces(root);
  }

  /** The folders of which files were removed. */
  get thinned(): Iterable<string> {
    return this.#thinned;
  }

  /** Replaces the file at `path`, making the folders on the way; the new one has the permissions of the old, within the umask. */
  async write(path: string, content: Uint8Array, signal?: AbortSignal): Promise<void> {
    try {
      this.#makeFolder(parentOf(path), path);
      const location = this.#locate(path);
      const old = lstatSync(location, { throwIfNoEntry: false });
      if (old?.isDirectory()) this.#clear(path);
      await replaceFile(location, content, old?.isFile() ? old.mode & 0o777 : 0o666, signal);
    } catch (error) {
      throw this.#failure("write", path, error);
    }
  }

  /**
   * Removes the file at `path`, if it is still there and has no owner under another name. With `hashes` it is uncertain whether the file was ever written, so it is removed
   * only if its content has one of them.
   */
  remove(path: string, hashes: readonly string[] | undefined): void {
    try {
      this.#thinned.add(parentOf(path));
      if (this.#places.find(parentOf(path)).place !== "folder") return;
      const location = this.#locate(path);
      if (hashes !== undefined) rmSync(temporaryPath(location), { force: true });
      const stats = lstatSync(location, { throwIfNoEntry: false });
      if (stats === undefined || stats.isDirectory()) return;
      if (hashes !== undefined && !(stats.isFile() && hashes.includes(contentHash(readFileSync(location))))) return;
      if (this.#otherNames?.hasOwner(path) === true) return;
      unlinkSync(location);
    } catch (error) {
      if (!isMissing(error)) throw this.#failure("remove", path, error);
    }
  }

  /** Removes the folder at `path` and those above it as far as they are empty; never the root. */
  removeEmpty(path: string): void {
    try {
      for (let folder = path; folder !== ""; folder = parentOf(folder)) {
        const { place } = this.#places.find(folder);
        if (place === "folder") rmdirSync(this.#locate(folder));
        else if (place !== "nothing") return;
        this.#places.forget(folder);
      }
    } catch (error) {
      if (!isInUse(error)) throw this.#failure("remove folder", path, error);
    }
  }

  #makeFolder(folder: string, path: string): void {
    for (;;) {
      const found = this.#places.find(folder);
      if (found.place === "folder") return;
      if (found.place === "outside") throw this.#outside(path, found.path);
      if (found.place === "file") {
        if (!this.#isLeftOver(found.path)) throw this.#inTheWay(path, found.path);
        unlinkSync(this.#locate(found.path));
      }
      mkdirSync(this.#locate(found.path), { recursive: found.path === "" });
    }
  }

  /** Removes the folder at `path` with all that is in it, or nothing at all. */
  #clear(path: string): void {
    const folders = [path];
    const files: string[] = [];
    for (const folder of folders) {
      for (const entry of readdirSync(this.#locate(folder), { withFileTypes: true })) {
        const inner = `${folder}/${entry.name}`;
        if (entry.isDirectory()) folders.push(inner);
        else if (isTemporaryName(entry.name) || this.#isLeftOver(inner)) files.push(inner);
        else throw this.#inTheWay(path, inner);
      }
    }
    for (const file of files) unlinkSync(this.#locate(file));
    for (const folder of folders.toReversed()) {
      rmdirSync(this.#locate(folder));
      this.#places.forget(folder);
    }
  }

  #locate(path: string): string {
    return path === "" ? this.#root : `${this.#root}/${path}`;
  }

  #failure(act: string, path: string, error: unknown): TidemarkError {
    return error instanceof TidemarkError
      ? error
      : fileSystemError("FILE_WRITE_FAILED", act, this.#locate(path), error);
  }

  #inTheWay(path: string, obstacle: string): TidemarkError {
    return new TidemarkError(
      "FILE_WRITE_FAILED",
      `Cannot write ${this.#locate(path)}: the file ${this.#locate(obstacle)} is in the way; remove or rename it`,
      { facts: { path: this.#locate(path), obstacle: this.#locate(obstacle) } },
    );
  }

  #outside(path: string, link: string): TidemarkError {
    return new TidemarkError(
      "OUTSIDE_TARGET",
      `Cannot write ${this.#locate(path)}: the link ${this.#locate(link)} leads out of the target's folder`,
      { facts: { path: this.#locate(path), link: this.#locate(link) } },
    );
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** A folder that holds something, is a link or a mount point, or where somebody works, stays. */
function isInUse(error: unknown): boolean {
  return isMissing(error) || ["ENOTEMPTY", "EEXIST", "EBUSY"].includes(systemCode(error) ?? "");
}
