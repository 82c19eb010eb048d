import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { Findings } from "./findings.ts";
import type { PageFinding } from "./page-finding.ts";
import { readSnapshot } from "./snapshot.ts";

/** The state of a data file without its pages: it is another one after every commit. */
export interface FileState {
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  readonly ino: bigint;
  /** The transaction of the newest snapshot; `undefined` when the meta pages are damaged. */
  readonly txnId: number | undefined;
  /** Whether the file has all pages that the snapshot may use. Without the last ones it can be intact: those that are free are never written. */
  readonly isWhole: boolean;
  /** The damage of the meta pages. */
  readonly findings: readonly PageFinding[];
}

/**
 * Reads the state of a data file; `undefined` when there is none. It reads synchronously: two small reads take some 20 µs, which is less than one
 * way through the thread pool.
 */
export function readFileState(path: string): FileState | undefined {
  const fd = openIfExists(path);
  if (fd === undefined) return undefined;
  try {
    const { ino, mtimeNs, size } = fstatSync(fd, { bigint: true });
    const findings = new Findings(2);
    const snapshot = readSnapshot((bytes, position) => readSync(fd, bytes, 0, bytes.length, position), findings);
    const sizeBytes = Number(size);
    const isWhole = snapshot !== undefined && (snapshot.lastPage + 1) * snapshot.pageSize <= sizeBytes;
    return { sizeBytes, mtimeNs, ino, txnId: snapshot?.txnId, isWhole, findings: findings.list };
  } finally {
    closeSync(fd);
  }
}

function openIfExists(path: string): number | undefined {
  try {
    // For writing, since lmdb will: it does not survive a failure of its own open.
    return openSync(path, "r+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
