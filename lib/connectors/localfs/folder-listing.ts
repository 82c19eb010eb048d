import { opendirSync, readdirSync, statSync, type Dirent } from "node:fs";

/** A folder as it was found. */
export interface FolderListing {
  /** The names in it, ascending by code unit; that of a folder ends with "/", so that whole paths ascend as well. */
  readonly names: Iterator<string>;
  /** What tells this folder from every other; `undefined` where the file system does not say. */
  readonly identity: string | undefined;
}

/** A folder whose own size is above this has some hundred entries or more: it is read piece by piece. */
const LARGE_FOLDER_BYTES = 8192n;

const READ_AHEAD = 1024;
const RUN_LENGTH = 4096;

/**
 * Lists the files and folders in a folder; gives `undefined` when there is no folder at `path` (any more).
 * It yields where the caller may pause. A link to a folder counts as a folder with `followSymlinks`, else it is left out.
 *
 * @throws the system's error when the folder cannot be listed.
 */
export function* listFolder(path: string, followSymlinks: boolean): Generator<undefined, FolderListing | undefined> {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!stats?.isDirectory()) return undefined;
  const runs: string[][] =
    stats.size > LARGE_FOLDER_BYTES ? yield* listInRuns(path, followSymlinks) : [listAtOnce(path, followSymlinks)];
  const identity = stats.ino === 0n ? undefined : `${stats.dev}:${stats.ino}`;
  return { names: merge(runs)[Symbol.iterator](), identity };
}

/** Whether `name` is the true name of just one entry, and not what is left of bytes that are no UTF-8. */
export function isTrueName(folder: string, name: string): boolean {
  if (!name.includes("\ufffd")) return true;
  const [found, ...more] = readdirSync(folder, { encoding: "buffer" }).filter((bytes) => bytes.toString() === name);
  return found !== undefined && more.length === 0 && found.equals(Buffer.from(name));
}

function listAtOnce(path: string, followSymlinks: boolean): string[] {
  const names: string[] = [];
  for (const entry of readdirSync(path, { withFileTypes: true })) addEntry(names, path, entry, followSymlinks);
  return names.toSorted();
}

function* listInRuns(path: string, followSymlinks: boolean): Generator<undefined, string[][]> {
  const runs: string[][] = [[]];
  const folder = opendirSync(path, { bufferSize: READ_AHEAD });
  try {
    for (let entry = folder.readSync(), count = 1; entry !== null; entry = folder.readSync(), count++) {
      addEntry(runs.at(-1)!, path, entry, followSymlinks);
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

function addEntry(names: string[], path: string, entry: Dirent, followSymlinks: boolean): void {
  if (entry.isFile()) names.push(entry.name);
  else if (entry.isDirectory()) names.push(`${entry.name}/`);
  else if (entry.isSymbolicLink()) {
    if (!leadsToFolder(`${path}/${entry.name}`)) names.push(entry.name);
    else if (followSymlinks) names.push(`${entry.name}/`);
  }
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
