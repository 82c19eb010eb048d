import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { isTemporaryName, temporaryPath } from "../../lib/connectors/localfs/replace-file.ts";

/** A file as it was at some moment; `undefined` for none. */
type Version = { readonly content: string; readonly timeMs: number } | undefined;

/** The record of a file in the store when the power is cut. */
export type Recorded = "sure" | "first write" | "in doubt" | "nothing";

/** Picks one of the values. */
export type Pick = <T>(values: readonly T[]) => T;

/** Options of {@link PowerCutDisk.cut}. */
export interface PowerCut {
  readonly pick: Pick;
  readonly recorded: (path: string) => Recorded;
  /** Whether every file that is recorded for sure is on disk. */
  readonly isFlushed: boolean;
}

/**
 * A folder on a disk that loses unflushed writes when the power is cut: of each file that was written since the machine was started, any
 * earlier version may come back, or the newest without all of its content. A removal is flushed before it is recorded.
 */
export class PowerCutDisk {
  readonly root: string;
  readonly #history = new Map<string, Version[]>();

  constructor(root: string) {
    this.root = root;
    mkdirSync(root, { recursive: true });
  }

  /** The files by path, with their contents; a folder has a "/" at the end. */
  read(): Record<string, string> {
    const entries = readdirSync(this.root, { recursive: true, withFileTypes: true });
    return Object.fromEntries(
      entries.map((entry) => {
        const location = join(entry.parentPath, entry.name);
        const path = location.slice(this.root.length + 1);
        return entry.isDirectory() ? [`${path}/`, ""] : [path, readFileSync(location, "utf8")];
      }),
    );
  }

  /** The files by path, with text that changes whenever one of them is written. */
  identities(): Record<string, string> {
    const paths = Object.keys(this.read()).filter((path) => !path.endsWith("/"));
    return Object.fromEntries(
      paths.map((path) => {
        const { ino, mtimeMs } = lstatSync(join(this.root, path));
        return [path, `${ino} ${mtimeMs}`];
      }),
    );
  }

  /** The machine was started: all present files are on disk. */
  start(): void {
    this.#history.clear();
    for (const path of this.#paths()) this.#history.set(path, [this.#version(path)]);
  }

  /** Remembers the present versions. */
  remember(): void {
    for (const path of this.#paths()) {
      const history = this.#history.get(path) ?? [undefined];
      const version = this.#version(path);
      const last = history.at(-1);
      if (last?.timeMs !== version?.timeMs || last?.content !== version?.content) history.push(version);
      this.#history.set(path, version === undefined ? [undefined] : history);
    }
  }

  /** Loses unflushed writes. */
  cut(how: PowerCut): void {
    for (const path of this.#paths()) {
      const record = how.recorded(path);
      const all = this.#history.get(path) ?? [undefined];
      // Of flushed files, the version before the last update is on disk.
      const history = how.isFlushed ? all.slice(-1) : all;
      const now = this.#version(path);
      if (now === undefined) {
        // It was removed, and its folder is not flushed yet.
        if (record !== "nothing") this.#put(path, how.pick([now, ...history]));
      } else if (!(how.isFlushed && record === "sure")) {
        const earlier = history.filter((version) => version?.timeMs !== now.timeMs);
        // Otherwise the file is as it was when the machine was started.
        if (earlier.length > 0) this.#lose(path, now, earlier, how);
      }
    }
  }

  #lose(path: string, now: NonNullable<Version>, earlier: readonly Version[], how: PowerCut): void {
    const { isFlushed, pick, recorded } = how;
    const location = join(this.root, path);
    // A first write that was cut short cannot be told from a file of the user's.
    const cutShort = recorded(path) === "first write" ? [] : ["half"];
    const loss = pick(["none", "none", "earlier", "earlier", ...(isFlushed ? [] : ["empty", "zeros", ...cutShort])]);
    if (loss === "none") return;
    if (loss === "earlier") return this.#undo(path, now, pick(earlier), pick([true, false]));
    truncateSync(location, loss === "half" ? now.content.length >> 1 : 0);
    if (loss === "zeros") truncateSync(location, now.content.length);
    utimesSync(location, now.timeMs / 1000, now.timeMs / 1000);
  }

  /** Loses the rename of a file, and not always the file that was to be renamed. */
  #undo(path: string, now: NonNullable<Version>, version: Version, isTemporaryThere: boolean): void {
    this.#put(path, version);
    if (isTemporaryThere && version?.content !== now.content) writeFileSync(temporaryPath(join(this.root, path)), "");
  }

  #put(path: string, version: Version): void {
    const location = join(this.root, path);
    // A folder that was made in its place is still there.
    if (statSync(location, { throwIfNoEntry: false })?.isDirectory()) return;
    if (!this.#canHold(path)) return;
    rmSync(location, { force: true });
    if (version === undefined) return;
    mkdirSync(dirname(location), { recursive: true });
    writeFileSync(location, version.content);
    utimesSync(location, version.timeMs / 1000, version.timeMs / 1000);
  }

  /** Whether no file stands where the folders of a file were. */
  #canHold(path: string): boolean {
    const folders = path.split("/").slice(0, -1);
    return folders.every((_, index) => {
      const folder = join(this.root, ...folders.slice(0, index + 1));
      return statSync(folder, { throwIfNoEntry: false })?.isFile() !== true;
    });
  }

  /** The files that are or were there; the unfinished replacement of a file is none. */
  #paths(): ReadonlySet<string> {
    const found = Object.keys(this.read()).filter((path) => !path.endsWith("/") && !isTemporaryName(basename(path)));
    return new Set([...found, ...this.#history.keys()]);
  }

  #version(path: string): Version {
    try {
      const location = join(this.root, path);
      const stats = lstatSync(location);
      return stats.isFile() ? { content: readFileSync(location, "utf8"), timeMs: stats.mtimeMs } : undefined;
    } catch {
      return undefined;
    }
  }
}
