import { chmod, constants, copyFile, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { flushFolder } from "../places/flush-folder.ts";
import { DATA_FILE, FORMAT_FILE, STORE_FORMAT, writeFormat, type StoreFormat } from "./store-format.ts";

/** The upgrade of a store's folder from an earlier format. */
export interface FolderUpgrade {
  readonly from: StoreFormat;
  /** The folder that keeps the files of the earlier format; `undefined` when there was no room for them. */
  readonly copy: string | undefined;
}

const NO_ROOM: ReadonlySet<string | undefined> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/**
 * Upgrades the folder of a store that its caller has locked and nothing has open. The rows stay as they are, since each is upgraded when
 * it is next written. The format is written last: after a kill before it, the next opening begins again.
 */
export async function upgradeFolder(folder: string, from: StoreFormat): Promise<FolderUpgrade> {
  const copy = await keepCopy(folder);
  await writeFormat(folder);
  return { from, copy };
}

/** Copies the files of a store into a folder in it. An earlier copy is replaced: an earlier version may have written since. */
async function keepCopy(folder: string): Promise<string | undefined> {
  const copy = join(folder, `before-format-${STORE_FORMAT}`);
  const unfinished = `${copy}.new`;
  for (const outdated of [copy, unfinished]) await rm(outdated, { recursive: true, force: true });
  try {
    await mkdir(unfinished);
    for (const name of [DATA_FILE, FORMAT_FILE]) await copyDurably(join(folder, name), join(unfinished, name));
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (NO_ROOM.has((error as NodeJS.ErrnoException).code)) return undefined;
    throw error;
  }
  await flushFolder(unfinished);
  await rename(unfinished, copy);
  await flushFolder(folder);
  return copy;
}

async function copyDurably(from: string, to: string): Promise<void> {
  // A clone takes no room, where the file system has clones.
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  // The copy has the mode of the file, which may be read-only.
  await chmod(to, (await stat(from)).mode | constants.S_IWUSR);
  await using file = await open(to, "r+");
  await file.sync();
}
