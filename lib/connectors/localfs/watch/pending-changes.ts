import type { FoundFile } from "../walk/walk-tree.ts";

/** What has happened in a tree, since it was last asked for. */
export interface FolderChanges {
  /** Files that are new or may have another content, ascending by path. */
  readonly changed: readonly FoundFile[];
  /** The paths of files that are gone, ascending. */
  readonly removed: readonly string[];
  /** When the first of it was noticed. */
  readonly since: Date;
}

interface Changed {
  readonly found: FoundFile;
  /** Whether whoever asks has never heard of it. */
  readonly isNew: boolean;
}

/** Changes that nobody has asked for yet, at most one for each path. */
export class PendingChanges {
  readonly #changed = new Map<string, Changed>();
  readonly #removed = new Set<string>();

  get isEmpty(): boolean {
    return this.#changed.size === 0 && this.#removed.size === 0;
  }

  /** A file is new, or has changed. */
  change(found: FoundFile, isNew: boolean): void {
    const wasRemoved = this.#removed.delete(found.path);
    const isStillNew = this.#changed.get(found.path)?.isNew ?? (isNew && !wasRemoved);
    this.#changed.set(found.path, { found, isNew: isStillNew });
  }

  /** Files are gone. */
  remove(paths: readonly string[]): void {
    for (const path of paths) {
      const isUnheardOf = this.#changed.get(path)?.isNew ?? false;
      this.#changed.delete(path);
      if (!isUnheardOf) this.#removed.add(path);
    }
  }

  /** Hands everything out, as known `since` then, and begins anew. */
  take(since: Date): FolderChanges {
    const found = [...this.#changed.values()].map((change) => change.found);
    const changed = found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    const removed = [...this.#removed].toSorted();
    this.#changed.clear();
    this.#removed.clear();
    return { changed, removed, since };
  }
}
