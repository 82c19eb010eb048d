import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FileState, readFileState } from "./pages/file-state.ts";
import { DATA_FILE } from "./store-format.ts";

/** The file that says in which state the data were when the store was last closed. It is empty while the store is open. */
const CLOSE_NOTE_FILE = "closed.json";

const MAX_BYTES = 1024;

/**
 * Reads the note of the last close about the data; empty when the store is open, or its process has ended without closing it; `undefined` when
 * the store has never been open.
 */
export function readCloseNote(folder: string): string | undefined {
  const path = join(folder, CLOSE_NOTE_FILE);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  // A larger one is damaged, and a folder in its place is not ours.
  return stats.isFile() && stats.size <= MAX_BYTES ? readFileSync(path, "utf8") : "";
}

/** Returns the note about data in a state. */
export function formatCloseNote({ ino, mtimeNs, sizeBytes, txnId }: FileState): string {
  return `${JSON.stringify({ sizeBytes, mtimeNs: String(mtimeNs), ino: String(ino), txnId })}\n`;
}

/** Voids the note of the last close, before the data may change. */
export function voidCloseNote(folder: string): void {
  if (readCloseNote(folder)) writeFileSync(join(folder, CLOSE_NOTE_FILE), "");
}

/** Creates an empty note for a store that has none, once lmdb has made its data. On a full disk, the store goes without. */
export function createCloseNote(folder: string): void {
  try {
    writeFileSync(join(folder, CLOSE_NOTE_FILE), "", { flag: "wx" });
  } catch {
    // There is one, or no room.
  }
}

/** Notes the state of the data of a store that lmdb has closed. Without a note, which a full disk prevents, the next opening checks the data. */
export function writeCloseNote(folder: string): void {
  const unfinished = join(folder, `${CLOSE_NOTE_FILE}.new`);
  try {
    const state = readFileState(join(folder, DATA_FILE));
    if (state === undefined || state.findings.length > 0) return;
    writeFileSync(unfinished, formatCloseNote(state));
    renameSync(unfinished, join(folder, CLOSE_NOTE_FILE));
  } catch {
    discard(unfinished);
  }
}

/** Removes an unfinished note; where that fails as well, the next note replaces it. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The folder has become read-only, or is gone.
  }
}
