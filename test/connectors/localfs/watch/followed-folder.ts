import { expect } from "chai";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createPathFilter } from "../../../../lib/connectors/localfs/walk/path-filter.ts";
import type { WalkDirOptions } from "../../../../lib/connectors/localfs/index.ts";
import { isFound, walkTree, type FoundFile, type Tree } from "../../../../lib/connectors/localfs/walk/walk-tree.ts";
import { FolderWatcher, type FolderWatcherOptions } from "../../../../lib/connectors/localfs/watch/folder-watcher.ts";
import type { FolderChanges } from "../../../../lib/connectors/localfs/watch/pending-changes.ts";
import type { TidemarkError } from "../../../../lib/errors.ts";
import { systemClock } from "../../../../lib/time/system-clock.ts";
import { createTempFolder } from "../../../temp-folder.ts";
import { until } from "../../../until.ts";
import { plant } from "../test-tree.ts";

/** What the watcher of a test is made of; the rest is as a user would have it. */
export type FollowOptions = WalkDirOptions & Partial<FolderWatcherOptions>;

/** A folder `docs` with files, followed, and beside it room for what is not. */
export async function createFollowed(files: Readonly<Record<string, string>>, options?: FollowOptions) {
  const temp = await createTempFolder();
  const docs = join(temp.path, "docs");
  mkdirSync(docs);
  plant(docs, files);
  const followed = await FollowedFolder.open(docs, options);
  return {
    followed,
    docs,
    at: (path: string) => join(docs, path),
    beside: (path: string) => join(temp.path, path),
    async [Symbol.asyncDispose]() {
      followed[Symbol.dispose]();
      await temp[Symbol.asyncDispose]();
    },
  };
}

/** The tree that `walkDir` makes of its arguments. */
export function treeOf(root: string, options: WalkDirOptions = {}): Tree {
  const onError = (error: TidemarkError): never => {
    throw error;
  };
  const { followSymlinks = false } = options;
  return { root, name: "docs", filter: createPathFilter(options), followSymlinks, onError, ...options };
}

/** What a catch-up run would find: paths with versions. */
function freshWalk(tree: Tree): Map<string, string> {
  const found = [...walkTree(tree)].filter(isFound);
  return new Map(found.map((file) => [file.path, versionOf(file)]));
}

/** A folder with a watcher on it, of which every word is believed. */
export class FollowedFolder implements Disposable {
  /** The files as far as the watcher has told. */
  readonly files = new Map<string, string>();
  /** All that was told after the list. */
  readonly told: FolderChanges[] = [];
  readonly fallbacks: TidemarkError[] = [];
  readonly watcher: FolderWatcher;
  readonly #tree: Tree;
  readonly #ending = new AbortController();
  #next: Promise<FolderChanges | undefined> | undefined;

  private constructor(root: string, options: FollowOptions) {
    this.#tree = treeOf(root, options);
    this.watcher = new FolderWatcher(this.#tree, {
      clock: systemClock,
      rescanIntervalMs: 3_600_000,
      pollIntervalMs: 3_600_000,
      onFallback: (error) => this.fallbacks.push(error),
      signals: [this.#ending.signal],
      ...options,
    });
  }

  static async open(root: string, options: FollowOptions = {}): Promise<FollowedFolder> {
    const folder = new FollowedFolder(root, options);
    for await (const file of folder.watcher.scan()) folder.files.set(file.path, versionOf(file));
    return folder;
  }

  /** Listens until it has heard all that makes its files those of a walk now. */
  async caughtUp(): Promise<void> {
    await until(() => isEqual(this.files, freshWalk(this.#tree)), {
      next: () => this.next(),
      explain: () => ({ told: this.files, found: freshWalk(this.#tree) }),
    });
  }

  /** Listens for the next changes. */
  async next(): Promise<FolderChanges | undefined> {
    this.#next ??= this.watcher.next();
    const changes = await this.#next;
    this.#next = undefined;
    if (changes === undefined) return undefined;
    this.told.push(changes);
    for (const path of changes.removed) expect(this.files.delete(path), `${path} was not there`).to.equal(true);
    for (const file of changes.changed) this.files.set(file.path, versionOf(file));
    return changes;
  }

  /** The paths that were told as changed, each as often as it was told. */
  get changed(): readonly string[] {
    return this.told.flatMap(({ changed }) => changed.map((file) => file.path));
  }

  get removed(): readonly string[] {
    return this.told.flatMap(({ removed }) => removed);
  }

  [Symbol.dispose](): void {
    this.#ending.abort();
    this.watcher[Symbol.dispose]();
  }
}

/** All that tells one version of a file from another. */
export function versionOf({ stats }: FoundFile): string {
  return `${stats.mtimeNs}:${stats.size}:${stats.ctimeNs}:${stats.ino}`;
}

function isEqual(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([path, version]) => other.get(path) === version);
}
