import { existsSync, lstatSync, statSync, type BigIntStats, type Stats } from "node:fs";
import { TidemarkError } from "../../../errors.ts";
import { reservedFolders } from "../../../places/reserved-folders.ts";
import { fileSystemError, systemCode } from "./file-system-error.ts";
import { hasName, isTrueName, listedName, listFolder, type FolderListing } from "./folder-listing.ts";
import type { PathFilter } from "./path-filter.ts";
import { requireNoStore } from "./require-no-store.ts";

/** What {@link walkTree} walks. */
export interface Tree {
  /** The folder's absolute path, without a "/" at its end: "" for the root of the file system. */
  readonly root: string;
  /** The folder as the user calls it, for messages. */
  readonly name: string;
  readonly filter: PathFilter;
  readonly followSymlinks: boolean;
  /** Takes an error with one entry, which is then left out; it may throw. */
  readonly onError: (error: TidemarkError) => void;
}

/** A file as the walk found it. */
export interface FoundFile {
  /** Relative to the root, "/"-separated. */
  readonly path: string;
  readonly stats: BigIntStats;
}

/** A step of a walk: a file that was found, a promise to be waited for, or a moment at which others may run. */
export type WalkStep = FoundFile | Promise<void> | undefined;

/** Whether a step of a walk has found a file. */
export function isFound(step: WalkStep): step is FoundFile {
  return step !== undefined && !(step instanceof Promise);
}

/** Is told on the way of a walk what a watcher has to know. */
export interface WalkVisitor {
  /** Before a folder is listed; `prefix` is its path with a "/" at its end, "" for the root. */
  enterFolder(prefix: string): void;
  /** Before it is looked up where a link leads. The link is left out of the walk if that is a folder which the walk does not enter. */
  passLink(path: string): void;
}

/** A tree during one walk. */
interface WalkedTree extends Tree {
  /** The identity of the root when the walk began. */
  readonly rootIdentity: string | undefined;
}

/** Work that yields where others may run; a promise is to be waited for. */
type Steps<T> = Generator<Promise<void> | undefined, T>;

interface OpenFolder extends FolderListing {
  /** The folder's path with a "/" at its end; "" for the root. */
  readonly prefix: string;
  /** What tells it from every other folder, when that has to be known and the file system says it. */
  readonly identity: string | undefined;
}

/**
 * Finds the files of a tree, or of the folder in it that `prefix` says, depth first, in ascending order of their paths' code units.
 *
 * Synchronous calls take a third of the time of asynchronous ones here, so it yields `undefined` often enough for its caller
 * to let others run, and a promise where it has to wait before it goes on. What vanishes between being listed and being looked at is skipped, unless it is the root. So are the folders of
 * stores that are open in this process, and the files that these hold open.
 *
 * @throws TidemarkError `FILE_READ_FAILED` when the root is missing, is no folder, is in the folder of an open store, or is replaced or
 *   unmounted during the walk.
 */
export function* walkTree(tree: Tree, visitor?: WalkVisitor, prefix = ""): Generator<WalkStep, void> {
  // An empty walk would have everything removed that was made of files in it before.
  requireNoStore(absolute(tree, ""), { act: `walk ${tree.name}`, code: "FILE_READ_FAILED" });
  const walked: WalkedTree = { ...tree, rootIdentity: identityAt(absolute(tree, "")) };
  const open: OpenFolder[] = tree.followSymlinks ? outerFolders(tree, prefix) : [];
  yield* enter(walked, open, prefix, visitor);
  for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
    const next = folder.names.next();
    if (next.done) {
      open.pop();
      continue;
    }
    const path = folder.prefix + next.value;
    if (!isPart(tree, path)) continue;
    const bare = path.endsWith("/") ? path.slice(0, -1) : path;
    if (!hasTrueName(tree, folder.prefix, bare.slice(folder.prefix.length))) continue;
    if (path.endsWith("/")) {
      yield* enter(walked, open, path, visitor);
      continue;
    }
    const found = findFile(walked, path);
    if (found === undefined) checkMount(walked, folder);
    yield found;
  }
  // A folder that is unmounted just before it is listed has nothing in it.
  checkRoot(walked);
}

/**
 * What there is at a path now, as a walk would find it: a file; `"folder"` for one that a walk enters; `undefined` for nothing that
 * is part of a walk. The folder that it is in is taken for entered. For a path `isTwin`, the folder is asked whether it really has the name:
 * many file systems find a file by a name that differs in case.
 */
export function lookAt(
  tree: Tree,
  path: string,
  visitor: WalkVisitor,
  isTwin = false,
): FoundFile | "folder" | undefined {
  const [prefix, name] = splitPath(path);
  const listed = looking(tree, path, () => {
    const entry = lstatSync(absolute(tree, path), { throwIfNoEntry: false });
    if (entry === undefined || (isTwin && !hasName(absolute(tree, prefix), name))) return undefined;
    if (entry.isSymbolicLink() && mayBePart(tree, path)) visitor.passLink(path);
    const listedAs = listedName(absolute(tree, prefix), name, entry, tree.followSymlinks);
    return listedAs === undefined || !isPart(tree, prefix + listedAs) ? "" : listedAs;
  });
  if (listed === undefined || listed === "") return undefined;
  if (!listed.endsWith("/")) return findFile(tree, path);
  return reservedFolders.has(absolute(tree, path)) ? undefined : "folder";
}

/** A path as the prefix of its folder, with a "/" at its end or "" for the root, and the name in it. */
export function splitPath(path: string): readonly [prefix: string, name: string] {
  const end = path.lastIndexOf("/") + 1;
  return [path.slice(0, end), path.slice(end)];
}

/** Opens a folder, unless it is open already and reached through a link again: entering it would never end. */
function* enter(tree: Tree, open: OpenFolder[], prefix: string, visitor?: WalkVisitor): Steps<void> {
  const identity = tree.followSymlinks ? identityAt(absolute(tree, prefix)) : undefined;
  if (identity !== undefined && open.some((outer) => outer.identity === identity)) return;
  const listing = yield* openFolder(tree, prefix, visitor);
  if (listing !== undefined) open.push({ ...listing, prefix, identity });
}

function* openFolder(tree: Tree, prefix: string, visitor: WalkVisitor | undefined): Steps<FolderListing | undefined> {
  const location = absolute(tree, prefix);
  const enterFolder = ({ ino }: Stats): boolean => {
    if (reservedFolders.has(location, ino)) return false;
    visitor?.enterFolder(prefix);
    return true;
  };
  const passLink = (name: string): void => {
    if (visitor !== undefined && mayBePart(tree, prefix + name)) visitor.passLink(prefix + name);
  };
  try {
    const listing = yield* listFolder(location, { followSymlinks: tree.followSymlinks, enter: enterFolder, passLink });
    if (listing !== undefined) return listing;
  } catch (error) {
    if (prefix === "") throw fileSystemError("FILE_READ_FAILED", "walk", tree.name, error);
    if (!isGone(error)) {
      tree.onError(fileSystemError("FILE_READ_FAILED", "list", shown(tree, prefix), error));
      return undefined;
    }
  }
  checkRoot(tree);
  return undefined;
}

/** The folders that lead to the one that a walk begins with, which has nothing more to do with what is in them. */
function outerFolders(tree: Tree, prefix: string): OpenFolder[] {
  const ends = [...prefix.matchAll(/\/(?=.)/gs)].map(({ index }) => index + 1);
  const prefixes = prefix === "" ? [] : [0, ...ends].map((end) => prefix.slice(0, end));
  return prefixes.map((outer) => ({
    prefix: outer,
    names: [].values(),
    device: 0,
    identity: identityAt(absolute(tree, outer)),
  }));
}

/** `path` has a "/" at its end if it is a folder's. */
function isPart({ filter }: Tree, path: string): boolean {
  return path.endsWith("/") ? filter.entersFolder(path.slice(0, -1)) : filter.includesFile(path);
}

/** Whether a link is part of the walk when it leads to a file, or when it leads to a folder. */
function mayBePart(tree: Tree, path: string): boolean {
  return isPart(tree, path) || (tree.followSymlinks && isPart(tree, `${path}/`));
}

function findFile(tree: Tree, path: string): FoundFile | undefined {
  const stats = looking(tree, path, () => statSync(absolute(tree, path), { bigint: true, throwIfNoEntry: false }));
  return stats?.isFile() && !reservedFolders.holds(stats) ? { path, stats } : undefined;
}

/** What `look` gives; `undefined` when there is nothing, or when the error that it met is to be passed over. */
function looking<T>(tree: Tree, path: string, look: () => T | undefined): T | undefined {
  try {
    const seen = look();
    if (seen !== undefined) return seen;
  } catch (error) {
    if (!isGone(error)) {
      tree.onError(fileSystemError("FILE_READ_FAILED", "read", shown(tree, path), error));
      return undefined;
    }
  }
  checkRoot(tree);
  return undefined;
}

function deviceAt(location: string): number | undefined {
  try {
    return statSync(location).dev;
  } catch {
    // A folder that has vanished with its files.
    return undefined;
  }
}

function identityAt(location: string): string | undefined {
  try {
    const stats = statSync(location, { bigint: true });
    return stats.ino === 0n ? undefined : `${stats.dev}:${stats.ino}`;
  } catch {
    // Whoever opens it finds out why.
    return undefined;
  }
}

function hasTrueName(tree: Tree, prefix: string, name: string): boolean {
  if (isTrueName(absolute(tree, prefix), name)) return true;
  const path = shown(tree, prefix + name);
  tree.onError(
    new TidemarkError("FILE_READ_FAILED", `Cannot read ${path}: its name is not valid UTF-8`, { facts: { path } }),
  );
  return false;
}

/** When the root itself has gone, "everything in it has vanished" must not pass for an empty tree. */
function checkRoot(tree: Tree | WalkedTree): void {
  const isFolder = statSync(absolute(tree, ""), { throwIfNoEntry: false })?.isDirectory() ?? false;
  const identity = "rootIdentity" in tree ? tree.rootIdentity : undefined;
  if (isFolder && (identity === undefined || identity === identityAt(absolute(tree, "")))) return;
  const other = existsSync(tree.root) ? "it is not a folder" : "there is no such folder";
  const reason = isFolder
    ? "another folder has taken its place during the walk, or it was unmounted; run again"
    : other;
  throw new TidemarkError("FILE_READ_FAILED", `Cannot walk ${tree.name}: ${reason}`, { facts: { path: tree.name } });
}

/** A folder that was unmounted after it was listed must not pass for one in which everything has vanished. */
function checkMount(tree: Tree, { device, prefix }: OpenFolder): void {
  const now = deviceAt(absolute(tree, prefix));
  if (now === undefined || now === device) return;
  const path = shown(tree, prefix);
  const message = `Cannot list ${path}: it was mounted or unmounted during the walk; run again`;
  throw new TidemarkError("FILE_READ_FAILED", message, { facts: { path } });
}

/** A link that leads round in a circle leads to nothing. */
function isGone(error: unknown): boolean {
  const code = systemCode(error);
  return code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP";
}

function absolute(tree: Tree, path: string): string {
  return `${tree.root}/${path}`;
}

function shown(tree: Tree, path: string): string {
  return `${tree.name}/${path}`;
}
