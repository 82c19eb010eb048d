import { constants, lstatSync, type Stats } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import type { InspectedState, InspectionResult, InspectContext } from "../../engine/targets/target-inspection.ts";
import { ContentDigest } from "./content-hash.ts";
import { hashIn, sizeIn } from "./file-tracking.ts";
import { FolderPlaces } from "./folder-places.ts";
import { Turn } from "./walk/turn.ts";
import { isMissing } from "./walk/file-system-error.ts";

/** A link, a pipe or a device that has taken the place of the file is not followed, and does not hold up the process. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

const CHUNK_BYTES = 256 * 1024;

type FileState = InspectedState<string, string>;

/** A result that needs no content; `"suspect"` when its size is right, though the content may not be. */
type Look = InspectionResult | "suspect";

/** Compares the files in the folder `root` with their records. */
export async function inspectFiles(
  root: string,
  states: readonly FileState[],
  { depth, signal }: InspectContext,
): Promise<readonly InspectionResult[]> {
  const places = new FolderPlaces(root);
  const turn = new Turn();
  const results: InspectionResult[] = [];
  for (const state of states) {
    if (turn.isOver) await turn.pass();
    signal.throwIfAborted();
    const found = look(places, root, state);
    const isRead = found === "suspect" || (found === "unchanged" && depth === "content");
    results.push(isRead ? await compareContent(`${root}/${state.key}`, state.recorded, signal) : found);
  }
  return results;
}

/** Looks at a regular file. A link on the way that leads out of the folder leads to no file of the target. */
function look(places: FolderPlaces, root: string, state: FileState): Look {
  const { key } = state;
  try {
    if (places.find(key.slice(0, Math.max(0, key.lastIndexOf("/")))).place !== "folder") return "missing";
    const stats = lstatSync(`${root}/${key}`, { throwIfNoEntry: false });
    if (stats === undefined) return "missing";
    return stats.isFile() ? judge(stats, state) : "edited";
  } catch (error) {
    return isMissing(error) ? "missing" : "unknown";
  }
}

/**
 * Judges a file by its size. After a power cut, a file that is older than its newest write may be an earlier version of the same size, and
 * one without a block on disk may hold zeros.
 */
function judge({ blocks, mtimeMs, size }: Stats, { recorded, writtenMs }: FileState): Look {
  const sizes = recorded.map(sizeIn);
  if (!sizes.includes(undefined) && !sizes.includes(size)) return "edited";
  if (writtenMs === undefined) return "unchanged";
  // The time of the write is rounded down.
  return mtimeMs < writtenMs + 1 || (blocks === 0 && size > 0) ? "suspect" : "unchanged";
}

async function compareContent(
  path: string,
  recorded: readonly string[],
  signal: AbortSignal,
): Promise<InspectionResult> {
  try {
    await using file = await open(path, FLAGS);
    return recorded.map(hashIn).includes(await hashOf(file, signal)) ? "unchanged" : "edited";
  } catch (error) {
    signal.throwIfAborted();
    return isMissing(error) ? "missing" : "unknown";
  }
}

async function hashOf(file: FileHandle, signal: AbortSignal): Promise<string> {
  const digest = new ContentDigest();
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return digest.end();
    digest.add(buffer.subarray(0, bytesRead));
  }
}
