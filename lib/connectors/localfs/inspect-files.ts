import { constants, lstatSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import type { InspectedState, InspectionResult, InspectOptions } from "../../engine/targets/target-inspection.ts";
import { ContentDigest } from "./content-hash.ts";
import { FolderPlaces } from "./folder-places.ts";
import { Turn } from "./walk/turn.ts";
import { isMissing } from "./walk/file-system-error.ts";

/** A link, a pipe or a device that has taken the place of the file is not followed, and does not hold up the process. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

const CHUNK_BYTES = 256 * 1024;

/** Compares the files in the folder `root` with their recorded content hashes. */
export async function inspectFiles(
  root: string,
  states: readonly InspectedState<string, string>[],
  { depth, signal }: InspectOptions,
): Promise<readonly InspectionResult[]> {
  const places = new FolderPlaces(root);
  const turn = new Turn();
  const results: InspectionResult[] = [];
  for (const { key, recorded } of states) {
    if (turn.isOver) await turn.pass();
    signal.throwIfAborted();
    const found = look(places, root, key);
    const isRead = found === "unchanged" && depth === "content";
    results.push(isRead ? await compareContent(`${root}/${key}`, recorded, signal) : found);
  }
  return results;
}

/** Whether a regular file is there. A link on the way that leads out of the folder leads to no file of the target. */
function look(places: FolderPlaces, root: string, key: string): InspectionResult {
  try {
    if (places.find(key.slice(0, Math.max(0, key.lastIndexOf("/")))).place !== "folder") return "missing";
    const stats = lstatSync(`${root}/${key}`, { throwIfNoEntry: false });
    if (stats === undefined) return "missing";
    return stats.isFile() ? "unchanged" : "edited";
  } catch (error) {
    return isMissing(error) ? "missing" : "unknown";
  }
}

async function compareContent(
  path: string,
  recorded: readonly string[],
  signal: AbortSignal,
): Promise<InspectionResult> {
  try {
    await using file = await open(path, FLAGS);
    return recorded.includes(await hashOf(file, signal)) ? "unchanged" : "edited";
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
