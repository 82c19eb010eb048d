import { fn } from "tidemark";
import type { File } from "tidemark/localfs";

const MAX_BYTES = 1_000_000;

/**
 * Reads a file; `undefined` when it is not worth indexing: generated declarations of megabytes, or video that is called `.ts`.
 * Bytes that are not UTF-8 come out as U+FFFD and are no reason to fail.
 */
export const readText = fn(async function readText(file: File): Promise<string | undefined> {
  if (file.size > MAX_BYTES) return undefined;
  const text = await file.text();
  return text.includes("\0") ? undefined : text;
});
