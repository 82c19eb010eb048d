import { isSameVersion, isSettled, versionOf, type FileVersion } from "../walk/file-version.ts";
import { splitPath, type FoundFile } from "../walk/walk-tree.ts";

/** What a file is compared with what was known of it. */
export type Novelty = "new" | "changed" | "same";

interface KnownFile {
  readonly version: FileVersion;
  /** Whether any later change must show in the version. */
  readonly isSettled: boolean;
  /** The last scan that found it. */
  readonly scan: number;
}

class KnownFolder {
  readonly files = new Map<string, KnownFile>();
  readonly folders = new Map<string, KnownFolder>();
  watch: Disposable | undefined;
  /** The last scan that entered it. */
  scan = 0;
}

/** What a watcher knows of a tree: folders with their watches, and files with their versions. Scans are numbered upwards. */
export class KnownTree implements Disposable {
  #root = new KnownFolder();

  /** Whether a file is known. Ends at the first one. */
  get hasFiles(): boolean {
    return hasFiles(this.#root);
  }

  /** Whether a folder is known; `prefix` is its path with a "/" at its end, "" for the root. */
  hasFolder(prefix: string): boolean {
    return this.#find(prefix) !== undefined;
  }

  /** The path, cut down to the outermost part of which nothing is known; the path itself when only that may be unknown. */
  outermostUnknown(path: string): string {
    let folder: KnownFolder | undefined = this.#root;
    for (let start = 0, end = path.indexOf("/"); end !== -1; start = end + 1, end = path.indexOf("/", start)) {
      folder = folder.folders.get(path.slice(start, end));
      if (folder === undefined) return path.slice(0, end);
    }
    return path;
  }

  /** Takes notice that a scan enters a folder, with the watch that has been put on it: it takes the place of a former one. */
  enter(prefix: string, watch: Disposable | undefined, scan: number): void {
    const folder = this.#make(prefix);
    const former = folder.watch;
    folder.watch = watch;
    folder.scan = scan;
    former?.[Symbol.dispose]();
  }

  /** Takes notice of a file, seen at `nowMs` of the date. Without a trustworthy version it counts as changed, once. */
  note({ path, stats }: FoundFile, scan: number, nowMs: number): Novelty {
    const [prefix, name] = splitPath(path);
    const { files } = this.#make(prefix);
    const version = versionOf(stats);
    const known = files.get(name);
    files.set(name, { version, isSettled: isSettled(version, nowMs), scan });
    if (known === undefined) return "new";
    return known.isSettled && isSameVersion(known.version, version) ? "same" : "changed";
  }

  /** Forgets the file at a path; gives its path, if it was known. */
  forgetFile(path: string): readonly string[] {
    const [prefix, name] = splitPath(path);
    return this.#find(prefix)?.files.delete(name) ? [path] : [];
  }

  /** Forgets the folder at a path with all that is in it; gives the paths of the files. */
  forgetFolder(path: string): readonly string[] {
    const [prefix, name] = splitPath(path);
    const parent = this.#find(prefix);
    const folder = parent?.folders.get(name);
    parent?.folders.delete(name);
    return folder === undefined ? [] : [...dropUnseen(folder, `${path}/`, Infinity)];
  }

  /** Forgets what is in a folder and was last seen by a scan before `scan`; gives the paths of the files. */
  forgetUnseen(prefix: string, scan: number): readonly string[] {
    const folder = this.#find(prefix);
    return folder === undefined ? [] : [...dropUnseen(folder, prefix, scan)];
  }

  /** Ends all watches. */
  closeWatches(): void {
    closeWatches(this.#root);
  }

  /** Ends all watches, and forgets everything. */
  [Symbol.dispose](): void {
    this.closeWatches();
    this.#root = new KnownFolder();
  }

  #find(prefix: string): KnownFolder | undefined {
    let folder: KnownFolder | undefined = this.#root;
    for (const name of namesIn(prefix)) folder = folder?.folders.get(name);
    return folder;
  }

  #make(prefix: string): KnownFolder {
    let folder = this.#root;
    for (const name of namesIn(prefix)) {
      let inner = folder.folders.get(name);
      if (inner === undefined) folder.folders.set(name, (inner = new KnownFolder()));
      folder = inner;
    }
    return folder;
  }
}

function* dropUnseen(folder: KnownFolder, prefix: string, scan: number): Generator<string, void> {
  for (const [name, file] of folder.files) {
    if (file.scan >= scan) continue;
    folder.files.delete(name);
    yield prefix + name;
  }
  for (const [name, inner] of folder.folders) {
    yield* dropUnseen(inner, `${prefix}${name}/`, scan);
    if (inner.scan < scan) folder.folders.delete(name);
  }
  if (folder.scan < scan) {
    folder.watch?.[Symbol.dispose]();
    folder.watch = undefined;
  }
}

function hasFiles({ files, folders }: KnownFolder): boolean {
  return files.size > 0 || [...folders.values()].some(hasFiles);
}

function closeWatches(folder: KnownFolder): void {
  folder.watch?.[Symbol.dispose]();
  folder.watch = undefined;
  for (const inner of folder.folders.values()) closeWatches(inner);
}

function namesIn(prefix: string): readonly string[] {
  return prefix === "" ? [] : prefix.slice(0, -1).split("/");
}
