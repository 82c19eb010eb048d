import { hash } from "node:crypto";
import { closeSync, openSync, renameSync, rmSync, writeFile, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { systemCode } from "./walk/file-system-error.ts";

const writeLarge = promisify(writeFile);

/** More than this is not written synchronously. */
const LARGE_BYTES = 1024 * 1024;

/**
 * Puts a file with this content in the place of whatever file or link is at `path`, in one step. It is not flushed to disk.
 *
 * The content is written to the file's {@link temporaryPath} first, without following a link there. A crash leaves at most that one,
 * which the next call for the same file replaces. Once `signal` is aborted, the writing of a large file breaks off.
 */
export async function replaceFile(
  path: string,
  content: Uint8Array,
  mode: number,
  signal?: AbortSignal,
): Promise<void> {
  const temporary = temporaryPath(path);
  const descriptor = createFile(temporary, mode);
  try {
    try {
      if (content.length > LARGE_BYTES) await writeLarge(descriptor, content, { signal });
      else writeFileSync(descriptor, content);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Where the content of the file at `path` is before it is complete: beside it, under a name that depends on nothing else. */
export function temporaryPath(path: string): string {
  const at = path.lastIndexOf("/") + 1;
  return `${path.slice(0, at)}.tidemark-${hash("sha256", path.slice(at)).slice(0, 16)}.tmp`;
}

/** Whether a name is one that {@link temporaryPath} gives. */
export function isTemporaryName(name: string): boolean {
  return /^\.tidemark-[0-9a-f]{16}\.tmp$/.test(name);
}

function createFile(path: string, mode: number): number {
  try {
    return openSync(path, "wx", mode);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
    rmSync(path);
    return openSync(path, "wx", mode);
  }
}
