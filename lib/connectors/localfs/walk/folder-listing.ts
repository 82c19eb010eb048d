import { opendirSync, readdirSync, statSync, type Dir, type Dirent, type Stats } from "node:fs";
import { descriptorRetry } from "./descriptor-retry.ts";

/** A folder as it was found. */
export interface FolderListing {
  /** The names in it, ascending by code unit; that of a folder ends with "/", so that whole paths ascend as well. */
  readonly names: Iterator<string>;
  /** The device that the folder is on. */
  readonly device: number;
}

/** A folder whose own size is above this has some hundred entries or more: it is read piece by piece. */
const LARGE_FOLDER_BYTES = 8192;

const READ_AHEAD = 1024;
const RUN_LENGTH = 4096;

/** How {@link listFolder} lists a folder. */
export interface ListFolderOptions {
  /** Whether a link to a folder counts as a folder; else it is left out. */
  readonly followSymlinks: boolean;
  /** Called before the folder is opened; returns whether it is to be listed. */
  readonly enter: (stats: Stats) => boolean;
  /** Called with the name of each symbolic link, left out or not, before it is looked up where the link leads. */
  readonly passLink: (name: string) => void;
}

/**
 * Lists the files and folders in a folder; gives `undefined` when there is no folder at `path` (any more), or it is not entered.
 * It yields where the caller may pause; a promise is to be waited for.
 *
 * @throws the system's error when the folder cannot be listed.
 */
export function* listFolder(
  path: string,
  options: ListFolderOptions,
): Generator<Promise<void> | undefined, FolderListing | undefined> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isDirectory() || !options.enter(stats)) return undefined;
  const entries = new EntryNames(path, options);
  const runs = stats.size > LARGE_FOLDER_BYTES ? yield* listInRuns(path, entries) : yield* listAtOnce(path, entries);
  return { names: merge(runs)[Symbol.iterator](), device: stats.dev };
}

/** Whether `name` is the true name of just one entry, and not what is left of bytes that are no UTF-8. */
export function isTrueName(folder: string, name: string): boolean {
  if (!name.includes("\ufffd")) return true;
  const [found, ...more] = readdirSync(folder, { encoding: "buffer" }).filter((bytes) => bytes.toString() === name);
  return found !== undefined && more.length === 0 && found.equals(Buffer.from(name));
}

/** Whether the folder lists an entry under exactly this name. */
export function hasName(folder: string, name: string): boolean {
  return readdirSync(folder).includes(name);
}

/** An entry of a folder, or what `lstat` says of it. */
type Entry = Pick<Dirent, "isFile" | "isDirectory" | "isSymbolicLink">;

/**
 * The name under which a folder lists an entry: with a "/" at its end when it counts as a folder; `undefined` when it is left out,
 * being no file, folder or link.
 */
export function listedName(folder: string, name: string, entry: Entry, followSymlinks: boolean): string | undefined {
  if (entry.isFile()) return name;
  if (entry.isDirectory()) return `${name}/`;
  if (!entry.isSymbolicLink()) return undefined;
  if (!leadsToFolder(`${folder}/${name}`)) return name;
  return followSymlinks ? `${name}/` : undefined;
}

/** The names of a folder's entries, in runs that can be sorted one by one. */
class EntryNames {
  readonly runs: string[][] = [[]];
  readonly #folder: string;
  readonly #options: ListFolderOptions;

  constructor(folder: string, options: ListFolderOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  add(entry: Dirent): void {
    const { followSymlinks, passLink } = this.#options;
    if (entry.isSymbolicLink()) passLink(entry.name);
    const name = listedName(this.#folder, entry.name, entry, followSymlinks);
    if (name !== undefined) this.runs.at(-1)!.push(name);
  }
}

function* listAtOnce(path: string, entries: EntryNames): Generator<Promise<void>, string[][]> {
  const found = yield* descriptorRetry.steps(() => readdirSync(path, { withFileTypes: true }));
  for (const entry of found) entries.add(entry);
  return entries.runs.map((run) => run.toSorted());
}

function* listInRuns(path: string, entries: EntryNames): Generator<Promise<void> | undefined, string[][]> {
  const { runs } = entries;
  const open = (): Dir => opendirSync(path, { bufferSize: READ_AHEAD });
  const folder = yield* descriptorRetry.steps(open, (opened) => opened.closeSync());
  try {
    for (let entry = folder.readSync(), count = 1; entry !== null; entry = folder.readSync(), count++) {
      entries.add(entry);
      if (count % RUN_LENGTH === 0) runs.push([]);
      if (count % READ_AHEAD === 0) yield;
    }
  } finally {
    folder.closeSync();
  }
  for (const run of runs) {
    run.sort();
    yield;
  }
  return runs;
}

/** A link that cannot be followed counts as a file here: whoever reads that file finds out why. */
function leadsToFolder(link: string): boolean {
  try {
    return statSync(link, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false;
  }
}

function merge(runs: readonly string[][]): Iterable<string> {
  const [first = []] = runs;
  if (runs.length < 2) return first;
  const middle = runs.length >> 1;
  return mergeTwo(merge(runs.slice(0, middle)), merge(runs.slice(middle)));
}

function* mergeTwo(left: Iterable<string>, right: Iterable<string>): Iterable<string> {
  const [ones, others] = [left[Symbol.iterator](), right[Symbol.iterator]()];
  let [one, other] = [ones.next(), others.next()];
  while (!one.done || !other.done) {
    if (other.done || (!one.done && one.value < other.value)) {
      yield one.value as string;
      one = ones.next();
    } else {
      yield other.value;
      other = others.next();
    }
  }
}
