import { hash } from "node:crypto";
import { closeSync, fsync, openSync, renameSync, rmSync, writeFile, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { systemCode } from "./walk/file-system-error.ts";

const writeLarge = promisify(writeFile);
const flush = promisify(fsync);

/** More than this is not written synchronously. */
const LARGE_BYTES = 1024 * 1024;

/** Options of {@link replaceFile}. */
export interface ReplaceFileOptions {
  /** Whether the content is on disk before it takes its place; the folder is not flushed. @default false */
  readonly isFlushed?: boolean;
  /** Breaks off the writing of a large file once it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Puts a file with this content in the place of whatever file or link is at `path`, in one step.
 *
 * The content is written to the file's {@link temporaryPath} first, without following a link there. A crash leaves at most that one,
 * which the next call for the same file replaces.
 */
export async function replaceFile(
  path: string,
  content: Uint8Array,
  mode: number,
  { isFlushed = false, signal }: ReplaceFileOptions = {},
): Promise<void> {
  const temporary = temporaryPath(path);
  const descriptor = createFile(temporary, mode);
  try {
    try {
      if (content.length > LARGE_BYTES) await writeLarge(descriptor, content, { signal });
      else writeFileSync(descriptor, content);
      if (isFlushed) await flush(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    removeIfPossible(temporary);
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

/** The error that led here is the one to report; the next call for the same file replaces the file that is left. */
function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A file system that fails to write often fails to remove as well.
  }
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
