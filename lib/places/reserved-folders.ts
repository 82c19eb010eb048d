import { closeSync, statSync, type BigIntStats } from "node:fs";
import { dirname, join } from "node:path";
import { canonicalPath } from "./canonical-path.ts";

/** The device and inode of a file or folder. */
export type FileIdentity = Pick<BigIntStats, "dev" | "ino">;

/** A folder that is reserved until it is disposed of; a second disposal is harmless. */
export interface Reservation extends Disposable {
  /** The canonical path of the folder when it was reserved. */
  readonly path: string;
}

interface ReservedFolder extends FileIdentity {
  readonly path: string;
  /** The names of its files that are held open. */
  readonly heldNames: readonly string[];
  /** The held files that were found so far. No other file gets their inodes while they are open. */
  readonly files: Map<string, FileIdentity>;
  readonly descriptors: number[];
}

/**
 * The folders that the stores open in this process have to themselves. On POSIX systems, a process loses all its locks on a file when
 * it closes any descriptor of that file, so nothing else may open a file in such a folder.
 *
 * Folders and files are recognized by device and inode, under any name.
 */
export class ReservedFolders {
  readonly #folders = new Inodes<ReservedFolder>();
  readonly #files = new Inodes<ReservedFolder>();
  /** The folders of which a held file was not found yet. */
  readonly #incomplete = new Set<ReservedFolder>();
  readonly #listeners = new Set<(path: string) => void>();
  #generation = 0;
  /** The last folder that was found to be outside of all reserved ones: a target asks for the same folder with each batch. */
  #lastClear: (FileIdentity & { readonly path: string; readonly generation: number }) | undefined;

  /** Changes whenever a folder is reserved. */
  get generation(): number {
    return this.#generation;
  }

  /** Reserves an existing folder; `heldNames` are the names of the files in it that are about to be held open. */
  reserve(path: string, heldNames: readonly string[]): Reservation {
    const { dev, ino } = statSync(path, { bigint: true });
    const folder = { path: canonicalPath(path), dev, ino, heldNames, files: new Map(), descriptors: [] };
    this.#folders.add(ino, folder);
    this.#incomplete.add(folder);
    this.#generation++;
    for (const listener of this.#listeners) listener(folder.path);
    return { path: folder.path, [Symbol.dispose]: () => this.#release(folder) };
  }

  /** Has `listener` called with the path of each folder that is reserved from now on, before a file in it is opened. */
  listen(listener: (path: string) => void): Disposable {
    const own = (path: string): void => listener(path);
    this.#listeners.add(own);
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) };
  }

  /** Whether the folder at a path is reserved. `ino` is its inode, where the caller has looked it up. */
  has(path: string, ino: number | undefined = inodeAt(path)): boolean {
    return ino !== undefined && this.#folders.at(ino).some((folder) => this.#isAt(folder, path));
  }

  /** Returns the reserved folder that a path is, or is in; the path need not exist. */
  findAround(path: string): string | undefined {
    if (this.#folders.isEmpty) return undefined;
    const last = this.#lastClear;
    const identity = identityAt(path);
    if (last?.path === path && last.generation === this.#generation && isSame(last, identity)) return undefined;
    const found = this.#findAround(path);
    if (found === undefined && identity !== undefined && identity.ino !== 0n) {
      this.#lastClear = { path, generation: this.#generation, dev: identity.dev, ino: identity.ino };
    }
    return found;
  }

  #findAround(path: string): string | undefined {
    for (let at = canonicalPath(path); ; at = dirname(at)) {
      if (this.has(at)) return at;
      if (at === dirname(at)) return undefined;
    }
  }

  /** Whether a file is held open by a reserved folder, under whichever name it was found. */
  holds(file: FileIdentity): boolean {
    return this.#holders(file).length > 0;
  }

  /** Whether a held file has this inode, as far as a number can tell. */
  mayHold(ino: number | string): boolean {
    if (this.#incomplete.size > 0) this.#complete();
    return this.#files.at(Number(ino)).length > 0;
  }

  /** Closes a descriptor. The descriptor of a held file is closed when the reservation of its folder ends. */
  close(descriptor: number, file: FileIdentity): void {
    const [holder] = this.#holders(file);
    if (holder === undefined) closeSync(descriptor);
    else holder.descriptors.push(descriptor);
  }

  #holders({ dev, ino }: FileIdentity): readonly ReservedFolder[] {
    if (!this.mayHold(Number(ino))) return [];
    return this.#files
      .at(Number(ino))
      .filter(({ files }) => [...files.values()].some((file) => file.dev === dev && file.ino === ino));
  }

  #isAt(folder: ReservedFolder, path: string): boolean {
    this.#complete();
    if (folder.ino === 0n) return canonicalPath(path) === folder.path;
    if (!isSame(folder, identityAt(path))) return false;
    // Another folder may have the inode of a deleted folder by now. No file has the inode of an open file.
    const [held] = folder.files;
    return held === undefined
      ? isSame(folder, identityAt(folder.path))
      : isSame(held[1], identityAt(join(path, held[0])));
  }

  /** Looks for the held files that were not made yet. */
  #complete(): void {
    for (const folder of this.#incomplete) {
      for (const name of folder.heldNames) {
        const file = folder.files.has(name) ? undefined : identityAt(join(folder.path, name));
        if (file === undefined) continue;
        folder.files.set(name, file);
        if (file.ino !== 0n) this.#files.add(file.ino, folder);
      }
      if (folder.files.size === folder.heldNames.length) this.#incomplete.delete(folder);
    }
  }

  #release(folder: ReservedFolder): void {
    this.#folders.delete(folder.ino, folder);
    this.#incomplete.delete(folder);
    for (const file of folder.files.values()) this.#files.delete(file.ino, folder);
    const descriptors = folder.descriptors.splice(0);
    // A failed second opening ends while the first one still has its locks.
    const other = this.#folders.at(Number(folder.ino)).find((each) => isSame(each, folder));
    if (other === undefined) for (const descriptor of descriptors) closeSync(descriptor);
    else other.descriptors.push(...descriptors);
  }
}

/** Values by inode; inodes above 2^53 are rounded, so values of other inodes may be among the found ones. */
class Inodes<V> {
  readonly #values = new Map<number, readonly V[]>();

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  at(ino: number): readonly V[] {
    return this.#values.get(ino) ?? NONE;
  }

  add(ino: bigint, value: V): void {
    this.#values.set(Number(ino), [...this.at(Number(ino)), value]);
  }

  delete(ino: bigint, value: V): void {
    const others = this.at(Number(ino)).filter((each) => each !== value);
    if (others.length === 0) this.#values.delete(Number(ino));
    else this.#values.set(Number(ino), others);
  }
}

const NONE: readonly never[] = Object.freeze([]);

const SHARED: unique symbol = Symbol.for("tidemark.reservedFolders");

const shared = globalThis as { [SHARED]?: ReservedFolders };

/** The reserved folders of this process, shared by all copies of Tidemark that are loaded in one thread of it. */
export const reservedFolders: ReservedFolders = (shared[SHARED] ??= new ReservedFolders());

function identityAt(path: string): FileIdentity | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    // A path that cannot be looked at leads to no folder that could be opened.
    return undefined;
  }
}

function inodeAt(path: string): number | undefined {
  const identity = identityAt(path);
  return identity && Number(identity.ino);
}

function isSame(one: FileIdentity, other: FileIdentity | undefined): boolean {
  return other !== undefined && one.dev === other.dev && one.ino === other.ino;
}
