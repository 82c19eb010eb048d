import { dirname } from "node:path";
import { flushFolders, foldersAbove, isUnreadable } from "../../places/flush-folder.ts";
import { fileSystemError, isMissing } from "./walk/file-system-error.ts";

/** The folders whose entries were changed since they were last flushed. */
export class ChangedFolders {
  readonly #isRequired: boolean;
  #paths = new Set<string>();

  /** With `isRequired`, a folder that may not be read is an error, else it is left unflushed. */
  constructor({ isRequired }: { readonly isRequired: boolean }) {
    this.#isRequired = isRequired;
  }

  /** Notes that an entry of a folder was changed. */
  add(folder: string): void {
    this.#paths.add(folder);
  }

  /** Notes that a folder was made, with those above it down from `first`. */
  addMade(first: string | undefined, folder: string): void {
    if (first === undefined) return;
    for (const above of foldersAbove(first, folder)) this.add(above);
  }

  /**
   * Flushes the folders. One that is gone by now needs no flush: its removal is an entry of another.
   *
   * @throws TidemarkError FILE_WRITE_FAILED
   */
  async flush(): Promise<void> {
    const paths = this.#paths;
    this.#paths = new Set();
    await flushFolders(paths, (path, error) => {
      if (isMissing(error) || (!this.#isRequired && isUnreadable(error))) return;
      throw fileSystemError("FILE_WRITE_FAILED", "flush folder", path, error);
    });
  }
}

/** Flushes the folder that an entry was removed from; see {@link ChangedFolders}. */
export async function flushRemoval(path: string): Promise<void> {
  const changed = new ChangedFolders({ isRequired: false });
  changed.add(dirname(path));
  await changed.flush();
}
