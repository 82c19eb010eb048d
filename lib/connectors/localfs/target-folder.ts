import { lstatSync, mkdirSync, readdirSync, rmdirSync, unlinkSync, type Stats } from "node:fs";
import { TidemarkError } from "../../errors.ts";
import { hashContent } from "./content-reader.ts";
import { isBlankFile } from "./is-blank-file.ts";
import { fileSystemError, isMissing, systemCode } from "./walk/file-system-error.ts";
import type { OwnedStates } from "../../engine/targets/target-handler.ts";
import { ChangedFolders } from "./changed-folders.ts";
import { FolderPlaces } from "./folder-places.ts";
import { OtherNames } from "./other-names.ts";
import { requireNoStore } from "./walk/require-no-store.ts";
import { isTemporaryName, replaceFile, temporaryPath } from "./replace-file.ts";

/** How a file is removed. */
export interface Removal {
  /**
   * The hashes of what may have been written, where it is uncertain whether the file was ever written: it is removed only if its content
   * has one of them. `undefined` removes it in any case.
   */
  readonly hashes: readonly string[] | undefined;
  /** Whether a power cut may have left the file without its content; then it is removed with `hashes`, too. */
  readonly mayBeTorn?: boolean;
}

/** Options of {@link TargetFolder}. */
export interface TargetFolderOptions {
  /** The files that have owners: a file is not removed while it has one under another name. */
  readonly owned?: OwnedStates | undefined;
  /** Resolves when everything that `isLeftOver` has allowed to remove is on record as that. */
  readonly whenReleased?: (() => Promise<void>) | undefined;
  /** Whether each file is on disk before it takes its place. @default false */
  readonly isFlushed?: boolean;
}

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
  readonly #removedFrom: ChangedFolders;
  readonly #writtenTo: ChangedFolders;
  readonly #isFlushed: boolean;
  readonly #whenReleased: (() => Promise<void>) | undefined;

  constructor(
    root: string,
    isLeftOver: (path: string) => boolean,
    { isFlushed = false, owned, whenReleased }: TargetFolderOptions = {},
  ) {
    this.#isFlushed = isFlushed;
    this.#whenReleased = whenReleased;
    this.#removedFrom = new ChangedFolders({ isRequired: isFlushed });
    this.#writtenTo = new ChangedFolders({ isRequired: true });
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
      const parent = parentOf(path);
      if (this.#places.find(parent).place !== "folder") await this.#makeFolder(parent, path);
      const location = this.#locate(path);
      const old = lstatSync(location, { throwIfNoEntry: false });
      if (old?.isDirectory()) await this.#clear(path);
      const mode = old?.isFile() ? old.mode & 0o777 : 0o666;
      await replaceFile(location, content, mode, { isFlushed: this.#isFlushed, signal });
      if (this.#isFlushed) this.#writtenTo.add(this.#locate(parent));
    } catch (error) {
      throw this.#failure("write", path, error);
    }
  }

  /** Removes the file at `path`, if it is still there and has no owner under another name, and what a crash has left of its replacement. */
  async remove(path: string, { hashes, mayBeTorn = false }: Removal): Promise<void> {
    try {
      this.#thinned.add(parentOf(path));
      const { place } = this.#places.find(parentOf(path));
      if (place !== "folder" && place !== "store") return;
      const location = this.#locate(path);
      const stats = lstatSync(location, { throwIfNoEntry: false });
      if (place === "store") {
        // It may be a file of the store by now.
        if (stats === undefined || hashes !== undefined) return;
        const remedy = "delete the file yourself";
        requireNoStore(location, { act: `remove ${location}`, code: "FILE_WRITE_FAILED", remedy });
      }
      removeTemporary(location);
      if (stats === undefined || stats.isDirectory()) return;
      if (!(await isOurs(location, stats, { hashes, mayBeTorn }))) return;
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

  /** Flushes the folders from which something was removed: what is gone stays gone when the power is cut. */
  async flushRemovals(): Promise<void> {
    for (const path of this.#thinned) this.#removedFrom.add(this.#locate(this.#standing(path)));
    await this.#removedFrom.flush();
  }

  /** Flushes the folders in which files and folders were made, where files are flushed. */
  async flushWrites(): Promise<void> {
    if (this.#isFlushed) await this.#writtenTo.flush();
  }

  /** The folder at `path`, or the nearest one above it that still stands. */
  #standing(path: string): string {
    const found = this.#places.find(path);
    return found.place === "folder" || found.path === "" ? found.path : parentOf(found.path);
  }

  async #makeFolder(folder: string, path: string): Promise<void> {
    const released = new Set<string>();
    for (;;) {
      const found = this.#places.find(folder);
      if (found.place === "folder") return;
      if (found.place === "store") {
        this.#requireNoStore(found.path, path);
        continue;
      }
      if (found.place === "outside") throw this.#outside(path, found.path);
      if (found.place === "file" && !released.has(found.path)) {
        if (!this.#isLeftOver(found.path)) throw this.#inTheWay(path, found.path);
        released.add(found.path);
        // Looked at again afterwards: another file of the batch may have made the folder meanwhile.
        await this.#whenReleased?.();
        continue;
      }
      if (found.place === "file") {
        unlinkSync(this.#locate(found.path));
      }
      const made = this.#locate(found.path);
      this.#writtenTo.addMade(mkdirSync(made, { recursive: found.path === "" }) ?? made, made);
    }
  }

  /** Removes the folder at `path` with all that is in it, or nothing at all. */
  async #clear(path: string): Promise<void> {
    const folders = [path];
    const files: string[] = [];
    for (const folder of folders) {
      this.#requireNoStore(folder, path);
      for (const entry of readdirSync(this.#locate(folder), { withFileTypes: true })) {
        const inner = `${folder}/${entry.name}`;
        if (entry.isDirectory()) folders.push(inner);
        else if (isTemporaryName(entry.name) || this.#isLeftOver(inner)) files.push(inner);
        else throw this.#inTheWay(path, inner);
      }
    }
    await this.#whenReleased?.();
    for (const file of files) unlinkSync(this.#locate(file));
    for (const folder of folders.toReversed()) {
      rmdirSync(this.#locate(folder));
      this.#places.forget(folder);
    }
  }

  #requireNoStore(at: string, path: string): void {
    requireNoStore(this.#locate(at), { act: `write ${this.#locate(path)}`, code: "FILE_WRITE_FAILED" });
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

/** Whether a file may be removed: with `hashes`, only one whose content has one of them, or that a power cut has left blank. */
async function isOurs(location: string, stats: Stats, { hashes, mayBeTorn = false }: Removal): Promise<boolean> {
  if (hashes === undefined) return true;
  if (!stats.isFile()) return false;
  return hashes.includes((await hashContent(location)).hash) || (mayBeTorn && isBlankFile(location));
}

function removeTemporary(location: string): void {
  const temporary = temporaryPath(location);
  // There is hardly ever one, and the error of a failed removal is expensive.
  if (lstatSync(temporary, { throwIfNoEntry: false }) === undefined) return;
  try {
    unlinkSync(temporary);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** A folder that holds something, is a link or a mount point, or where somebody works, stays. */
function isInUse(error: unknown): boolean {
  return isMissing(error) || ["ENOTEMPTY", "EEXIST", "EBUSY"].includes(systemCode(error) ?? "");
}
