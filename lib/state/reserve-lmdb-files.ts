import { type FileHandle, open, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DATA_FILE, LOCK_FILE } from "./store-format.ts";

/** At least the size that LMDB gives its lock file, for 126 readers. */
const LOCK_BYTES = 16 * 1024;
/** Two pages of the largest size: LMDB begins with two. */
const FIRST_DATA_BYTES = 128 * 1024;

/**
 * Makes sure that the disk has room for the LMDB files of a folder, before lmdb opens them. lmdb 3.5 crashes the process when its own open
 * fails, and so does the system, by SIGBUS, when the mapped lock file has no room.
 *
 * @throws the system's error, such as `ENOSPC`
 */
export async function reserveLmdbFiles(folder: string): Promise<void> {
  await fillLockFile(join(folder, LOCK_FILE));
  const data = join(folder, DATA_FILE);
  if ((await sizeOf(data)) === 0) await probeRoom(`${data}.new`);
}

async function fillLockFile(path: string): Promise<void> {
  await using file = await openOrCreate(path);
  // A lock file that was used has blocks, and may be in use.
  if ((await file.stat()).blocks === 0) await file.write(Buffer.alloc(LOCK_BYTES), 0, LOCK_BYTES, 0);
}

async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return open(path, "wx+");
  }
}

async function probeRoom(path: string): Promise<void> {
  try {
    await writeFile(path, Buffer.alloc(FIRST_DATA_BYTES));
  } finally {
    await rm(path, { force: true });
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}
