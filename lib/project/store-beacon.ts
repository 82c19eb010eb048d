import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const BEACON_FILE = "store.json";

/**
 * Reads the id of the store in a folder, which another process may have open; `undefined` when there is none, or it cannot be read.
 */
export function readBeacon(folder: string): string | undefined {
  try {
    const { id } = JSON.parse(readFileSync(join(folder, BEACON_FILE), "utf8")) as { id?: unknown };
    return typeof id === "string" ? id : undefined;
  } catch {
    // There is no store, its folder may not be read, or the file is not a beacon: nothing is proven.
    return undefined;
  }
}

/** Has the folder of a store tell the id of the store, in one step, unless it does. */
export function writeBeacon(folder: string, id: string): void {
  if (readBeacon(folder) === id) return;
  const unfinished = join(folder, `${BEACON_FILE}.new`);
  writeFileSync(unfinished, `${JSON.stringify({ id })}\n`, { flush: true });
  renameSync(unfinished, join(folder, BEACON_FILE));
}
