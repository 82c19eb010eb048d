import type { Findings } from "./findings.ts";
import { META_BYTES, type MetaPage, readMetaPage, readPageSize } from "./meta-page.ts";

/** Reads bytes of a file at a position, and returns how many there were. */
export type ReadBytes = (bytes: Buffer, position: number) => number;

/**
 * Reads both meta pages of a file, and returns the one that lmdb will take. lmdb checks little of the first and nothing of the second, so
 * that any damage of either is added to `findings`.
 */
export function readSnapshot(read: ReadBytes, findings: Findings): MetaPage | undefined {
  const first = readStart(read, 0);
  const pageSize = readPageSize(first);
  if (pageSize === undefined) {
    findings.add("meta", 0, "it is not the first page of an LMDB file");
    return undefined;
  }
  const one = readMetaPage(first, 0, pageSize, findings);
  const other = readMetaPage(readStart(read, pageSize), 1, pageSize, findings);
  if (one === undefined || other === undefined) return undefined;
  // Each transaction writes over the older of the two.
  if (Math.abs(one.txnId - other.txnId) > 1) {
    findings.add("meta", undefined, `the meta pages are of the transactions ${one.txnId} and ${other.txnId}`);
    return undefined;
  }
  return one.txnId >= other.txnId ? one : other;
}

function readStart(read: ReadBytes, position: number): Buffer {
  const bytes = Buffer.alloc(META_BYTES);
  return bytes.subarray(0, read(bytes, position));
}
