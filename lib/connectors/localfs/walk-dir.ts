import { normalize, resolve, sep } from "node:path";
import type { TidemarkError } from "../../errors.ts";
import { createFile, type File, type FileSource } from "./file.ts";
import { createPathFilter } from "./path-filter.ts";
import { Turn } from "./turn.ts";
import { walkTree, type Tree } from "./walk-tree.ts";

/** Options of {@link walkDir}. */
export interface WalkDirOptions {
  /**
   * Globs of which a file's path has to match at least one: relative to the folder and "/"-separated on every system,
   * such as "**\/*.md"; one that ends with "/" stands for everything in that folder.
   * @default "**"
   */
  readonly include?: string | readonly string[];
  /**
   * Globs of files to leave out, and of folders to leave out with all that is in them: "drafts", "**\/node_modules".
   * They match names with a leading dot as well.
   * @default []
   */
  readonly exclude?: string | readonly string[];
  /**
   * Whether wildcards of `include` match names with a leading dot; without it such a file or folder is part of the walk only
   * if a pattern writes the dot, as ".github/**" does.
   * @default false
   */
  readonly dot?: boolean;
  /**
   * Whether to enter folders through symbolic links; one that leads back to a folder above it is not entered.
   * Links to files are always read like the file they lead to, and links that lead nowhere are skipped.
   * @default false
   */
  readonly followSymlinks?: boolean;
  /**
   * Takes the error of a folder that cannot be listed or a file that cannot be looked at, and leaves it out by returning.
   * What was derived from a source that is left out is removed, which is why the default is to throw.
   * @default throws the error
   */
  readonly onError?: (error: TidemarkError) => void;
  /** Ends every walk: the loop over it throws `signal.reason`. */
  readonly signal?: AbortSignal;
}

/** The files below a folder; made by {@link walkDir}. */
export interface DirWalk {
  /** Walks the folder anew: each file with its path, in ascending order of the paths' code units. */
  items(): AsyncIterable<[path: string, file: File]>;
}

/**
 * The files below a folder, as a source for `mountEach`. Nothing is read before {@link DirWalk.items} is iterated.
 *
 * Iterating throws a TidemarkError `FILE_READ_FAILED` when `dir` is missing or no folder, when a folder in it cannot be listed, and
 * for a name that is not valid UTF-8: a walk that leaves out silently would have everything derived from the rest removed.
 * What vanishes during the walk is skipped. Sockets, devices and the like are no files.
 *
 * @throws TypeError when `dir` is not a path, or a glob could never match.
 */
export function walkDir(dir: string, options: WalkDirOptions = {}): DirWalk {
  if (typeof dir !== "string" || dir === "") {
    throw new TypeError(`Cannot walk a folder: \`dir\` must be a path, got ${dir === "" ? '""' : typeof dir}`);
  }
  const filter = createPathFilter(options);
  const source: FileSource = { root: portable(resolve(dir)), dir: portable(normalize(dir)) };
  const tree: Tree = {
    root: source.root,
    name: source.dir,
    filter,
    followSymlinks: options.followSymlinks ?? false,
    onError: options.onError ?? rethrow,
  };
  return { items: () => walk(tree, source, options.signal) };
}

async function* walk(tree: Tree, source: FileSource, signal?: AbortSignal): AsyncGenerator<[string, File], void> {
  const turn = new Turn();
  for (const found of walkTree(tree)) {
    // What the consumer does without waiting counts as well.
    if (turn.isOver) await turn.pass();
    signal?.throwIfAborted();
    if (found !== undefined) yield [found.path, createFile(source, found.path, found.stats)];
  }
}

function portable(path: string): string {
  return path.replaceAll(sep, "/").replace(/\/$/, "");
}

function rethrow(error: TidemarkError): never {
  throw error;
}
