import { readFileSync } from "node:fs";

/** One mount of a file system, or of a folder of it. */
export interface Mount {
  /** The number of the device. */
  readonly device: string;
  /** The mounted folder, as a path in the file system. */
  readonly root: string;
  /** The path where it is mounted. */
  readonly path: string;
}

/** Parses the mounts of a process, as Linux lists them in `/proc/self/mountinfo`. */
export function parseMounts(text: string): readonly Mount[] {
  return text
    .split("\n")
    .map((line) => line.split(" "))
    .filter((fields) => fields.length > 5)
    .map(([, , device, root, path]) => ({ device: device!, root: unescape(root!), path: unescape(path!) }));
}

/**
 * Returns the path of the same file or folder through the mount that shows most of its file system: a bind mount is another name of a folder.
 * `path` is absolute and without links.
 */
export function unbindPath(path: string, mounts: readonly Mount[]): string {
  const own = mountOf(path, mounts);
  if (own === undefined) return path;
  const inside = own.root === "/" ? below(own.path, path) : own.root + below(own.path, path);
  let best = { path, root: own.root };
  for (const mount of mounts) {
    if (mount.device !== own.device || !isBelow(mount.root, inside)) continue;
    const other = mount.path === "/" ? below(mount.root, inside) : mount.path + below(mount.root, inside);
    const found = { path: other === "" ? "/" : other, root: mount.root };
    // What another mount covers is not the same file.
    if (isBetter(found, best) && mountOf(found.path, mounts) === mount) best = found;
  }
  return best.path;
}

/** Whether a mount begins at a path. */
export function isMountPoint(path: string, mounts: readonly Mount[]): boolean {
  return mounts.some((mount) => mount.path === path);
}

const MOUNTS_FILE = "/proc/self/mountinfo";

/** Mounts change seldom, and a run asks about many folders: reading the list takes 50 µs. */
const MAX_AGE_MS = 100;

/** The mounts of a process, as they were read last. */
export class MountList {
  readonly #read: () => string;
  #mounts: readonly Mount[] | undefined;
  #readMs = -Infinity;

  /** `read` gives the text of `/proc/self/mountinfo`. */
  constructor(read: () => string) {
    this.#read = read;
  }

  /**
   * The present mounts; none where the system does not list them. Without a free file descriptor, the last list.
   *
   * @throws the system's error when they were never read, and there is no file descriptor: a wrong list gives places other names.
   */
  get current(): readonly Mount[] {
    const nowMs = performance.now();
    if (this.#mounts !== undefined && nowMs - this.#readMs <= MAX_AGE_MS) return this.#mounts;
    this.#mounts = this.#readAll();
    this.#readMs = nowMs;
    return this.#mounts;
  }

  /** Makes the next question read the list again. */
  refresh(): void {
    this.#readMs = -Infinity;
  }

  #readAll(): readonly Mount[] {
    try {
      return parseMounts(this.#read());
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Without /proc, bind mounts are not recognized.
      if (code !== "EMFILE" && code !== "ENFILE") return [];
      if (this.#mounts === undefined) throw error;
      return this.#mounts;
    }
  }
}

const mountList = new MountList(() => (process.platform === "linux" ? readFileSync(MOUNTS_FILE, "utf8") : ""));

/** The mounts of this process. */
export function currentMounts(): readonly Mount[] {
  return mountList.current;
}

/** Makes the next question read the list of mounts again, as each run does when it begins. */
export function refreshMounts(): void {
  mountList.refresh();
}

/** The mount that a path is in: of those at one path, the last covers the others. */
function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  let found: Mount | undefined;
  for (const mount of mounts) {
    if (isBelow(mount.path, path) && (found === undefined || mount.path.length >= found.path.length)) found = mount;
  }
  return found;
}

function isBetter(one: { path: string; root: string }, other: { path: string; root: string }): boolean {
  if (one.root.length !== other.root.length) return one.root.length < other.root.length;
  if (one.path.length !== other.path.length) return one.path.length < other.path.length;
  return one.path < other.path;
}

function isBelow(folder: string, path: string): boolean {
  return folder === "/" || path === folder || path.startsWith(`${folder}/`);
}

/** The rest of a path at or below a folder: empty, or with a "/" at its beginning. */
function below(folder: string, path: string): string {
  if (folder === "/") return path === "/" ? "" : path;
  return path.slice(folder.length);
}

/** Blanks and the like are written as octal numbers. */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
