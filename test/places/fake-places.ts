import { dirname, join, relative } from "node:path";
import type { PlaceSystem } from "../../lib/places/place-system.ts";

/** The tree of a {@link fakePlaces}. */
export interface FakeTree {
  /** The folders that exist, those above them included. */
  readonly folders: readonly string[];
  /** Bind mounts: the folder that is mounted, by the path where it is. */
  readonly mounts?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  /** Folders of file systems that give inodes which tell nothing. */
  readonly unreliable?: readonly string[];
  /** Folders with inode 0. */
  readonly withoutInode?: readonly string[];
}

/** A file system in memory, with bind mounts, for the systems that have none; a folder of it can be added later. */
export function fakePlaces(tree: FakeTree): PlaceSystem & { add(folder: string): void } {
  const folders = new Set<string>(["/"]);
  const add = (folder: string): void => {
    for (let at = folder; at !== "/"; at = dirname(at)) folders.add(at);
  };
  tree.folders.forEach(add);
  const mounts = Object.entries(tree.mounts ?? {}).toSorted(([one], [other]) => other.length - one.length);
  const links = tree.links ?? {};
  /** The path in the file system itself, which is the folder's identity. */
  const inner = (path: string): string => {
    const mount = mounts.find(([at]) => isWithin(at, path));
    return mount === undefined ? path : inner(join(mount[1], relative(mount[0], path)));
  };
  const follow = (path: string): string => {
    for (const [link, target] of Object.entries(links)) {
      if (isWithin(link, path)) return follow(join(target, relative(link, path)));
    }
    return path;
  };
  const existing = (path: string): string | undefined => (folders.has(inner(path)) ? path : undefined);
  return {
    add,
    realpath: (path) => existing(follow(path)),
    readlink: (path) => links[path],
    identity: (path) => {
      const found = existing(follow(path));
      if (found === undefined || tree.withoutInode?.includes(found)) return undefined;
      return tree.unreliable?.some((folder) => isWithin(folder, found)) ? "1:1" : `1:${inner(found)}`;
    },
    // As on systems that do not list their mounts.
    unbind: (path) => path,
    isReliable: (path) => !tree.unreliable?.some((folder) => isWithin(folder, path)),
  };
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
