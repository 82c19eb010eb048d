import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { TidemarkError } from "../errors.ts";
import { DATA_FILE, LOCK_FILE } from "./store-format.ts";

/** The first bytes of every LMDB file: its magic number and the version of its layout. */
const SIGNATURE = Buffer.from("dec0efbe0200", "hex");
const HEADER_BYTES = 64;
/** Two pages of the smallest size. */
const MIN_BYTES = 8192;

/**
 * Makes sure that the LMDB files in a folder, if there are any, can be opened: when its own open fails, lmdb 3.5 reads
 * memory that it has freed, and the process crashes.
 *
 * @returns whether there is data
 * @throws {@link TidemarkError} `STORE_CORRUPT` when the data is not LMDB's.
 */
export async function checkLmdbFiles(folder: string): Promise<boolean> {
  await (await openIfExists(join(folder, LOCK_FILE)))?.close();
  await using data = await openIfExists(join(folder, DATA_FILE));
  if (data && !(await isLmdbData(data))) {
    throw new TidemarkError("STORE_CORRUPT", `Cannot open store at ${folder}: ${DATA_FILE} is damaged`, {
      facts: { path: folder },
    });
  }
  return data !== undefined;
}

async function openIfExists(path: string): Promise<FileHandle | undefined> {
  try {
    // For writing, since lmdb will.
    return await open(path, "r+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function isLmdbData(data: FileHandle): Promise<boolean> {
  const { size } = await data.stat();
  // An empty file is one that was about to be made.
  if (size === 0) return true;
  const { buffer } = await data.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
  return size >= MIN_BYTES && buffer.includes(SIGNATURE);
}
