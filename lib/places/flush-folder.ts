import { closeSync, fsyncSync, openSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** The most folders, or files, that are flushed at the same time. */
export const MAX_FLUSHES = 16;

/** File systems without a flush of folders refuse with one of these codes. */
const NO_FLUSH: ReadonlySet<string | undefined> = new Set(["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EBADF"]);

/**
 * Flushes the entries of a folder to disk: after it, files that were created, renamed or removed there stay so when the power is cut. On
 * Windows and on file systems that cannot flush a folder nothing is done: they write such changes in order by themselves.
 *
 * @throws the error of the system, such as `ENOENT`
 */
export async function flushFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  await using opened = await open(folder, "r");
  try {
    await opened.sync();
  } catch (error) {
    requireNoFlush(error);
  }
}

/** As {@link flushFolder}, before anything else happens. */
export function flushFolderSync(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } catch (error) {
    requireNoFlush(error);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Flushes the entries of folders, at most {@link MAX_FLUSHES} at the same time; see {@link flushFolder}. `onError` is called with each error, and throws those that matter.
 */
export async function flushFolders(
  folders: Iterable<string>,
  onError: (folder: string, error: unknown) => void,
): Promise<void> {
  const waiting = [...new Set(folders)].values();
  const flushAll = async (): Promise<void> => {
    for (const folder of waiting) await flushFolder(folder).catch((error: unknown) => onError(folder, error));
  };
  await Promise.all(Array.from({ length: MAX_FLUSHES }, flushAll));
}

/** Whether an error says that a folder may not be read, so that it cannot be flushed either. */
export function isUnreadable(error: unknown): boolean {
  return ["EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "");
}

/** Throws an error that does not say that the file system cannot flush a folder. */
function requireNoFlush(error: unknown): void {
  if (!NO_FLUSH.has((error as NodeJS.ErrnoException).code)) throw error;
}

/** Lists the folders to flush once `folder` was made with all that are missing above it, down from `first`, the first one that was made. */
export function* foldersAbove(first: string, folder: string): Generator<string> {
  const top = resolve(first);
  for (let at = resolve(folder); at !== dirname(at); at = dirname(at)) {
    yield dirname(at);
    if (at === top) return;
  }
}
