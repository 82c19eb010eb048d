import { access, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TidemarkError } from "../errors.ts";
import { flushFolder } from "../places/flush-folder.ts";

/** The format of a store's folder; Tidemark 0.1 writes format 1. */
export type StoreFormat = 1 | 2;

/** The format of new stores. */
export const STORE_FORMAT: StoreFormat = 2;

/** The file that names the format. */
export const FORMAT_FILE = "FORMAT";

/** The file of the rows. */
export const DATA_FILE = "data.mdb";

/** The way on from a damaged store, for the messages of errors. */
export const RESTORE_REMEDY: string =
  "restore the folder of the store from a backup, or delete it: the next run then processes everything again, and adopts the outputs that are " +
  "there, but not those whose sources have vanished meanwhile";

/** The file of LMDB's own locks. */
export const LOCK_FILE = "lock.mdb";

/**
 * Reads the format of the store in a folder, without writing; `"absent"` where there is no store yet.
 *
 * @throws {@link TidemarkError} `STORE_TOO_NEW` for the format of a newer Tidemark.
 * @throws {@link TidemarkError} `STORE_CORRUPT` for data without a format, or a format that cannot be read.
 */
export async function checkFormat(folder: string): Promise<StoreFormat | "absent"> {
  const text = await readFormat(folder);
  if (text === undefined) {
    if (await exists(join(folder, DATA_FILE))) {
      throw corruptError(folder, `it holds ${DATA_FILE} but no ${FORMAT_FILE}`);
    }
    return "absent";
  }
  const version = Number(/^tidemark-store ([1-9]\d{0,8})\n$/.exec(text)?.[1]);
  if (version > STORE_FORMAT) {
    throw new TidemarkError(
      "STORE_TOO_NEW",
      `Cannot open store at ${folder}: its format must be at most ${STORE_FORMAT}, got ${version}; use a newer Tidemark, or another folder`,
      { facts: { path: folder, version, supported: STORE_FORMAT } },
    );
  }
  if (version === 1 || version === 2) return version;
  throw corruptError(folder, `${FORMAT_FILE} must be "tidemark-store ${STORE_FORMAT}", got ${quote(text)}`);
}

/** Marks a folder as a store of our format, durably: to be done before there is data in it, which must never be without its format. */
export async function writeFormat(folder: string): Promise<void> {
  const unfinished = join(folder, `${FORMAT_FILE}.new`);
  await writeFile(unfinished, `tidemark-store ${STORE_FORMAT}\n`, { flush: true });
  await rename(unfinished, join(folder, FORMAT_FILE));
  await flushFolder(folder);
}

async function readFormat(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, FORMAT_FILE), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function corruptError(folder: string, reason: string): TidemarkError {
  return new TidemarkError("STORE_CORRUPT", `Cannot open store at ${folder}: ${reason}; ${RESTORE_REMEDY}`, {
    facts: { path: folder },
  });
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
