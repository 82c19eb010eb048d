import { closeSync, openSync } from "node:fs";
import { TidemarkError } from "../errors.ts";

/** More descriptors than LMDB and SQLite need for a store. */
const NUM_DESCRIPTORS = 8;

/**
 * Makes sure that enough file descriptors are free to open the files of a store. Without one, lmdb 3.5 goes on to read memory that it has
 * freed, and the process crashes. Windows has no such limit.
 *
 * @throws {@link TidemarkError} `STORE_UNAVAILABLE`
 */
export function requireDescriptors(folder: string): void {
  if (process.platform === "win32") return;
  const descriptors: number[] = [];
  try {
    while (descriptors.length < NUM_DESCRIPTORS) descriptors.push(openSync(folder, "r"));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "EMFILE" && code !== "ENFILE") throw cause;
    const message = `Cannot open store at ${folder}: too many files are open (${code}); raise the limit (ulimit -n), or close files`;
    throw new TidemarkError("STORE_UNAVAILABLE", message, { cause, facts: { path: folder } });
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
  }
}
