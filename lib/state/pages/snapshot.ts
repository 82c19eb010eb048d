import type { FileHandle } from "node:fs/promises";
import type { Findings } from "./findings.ts";
import { META_BYTES, type MetaPage, readMetaPage, readPageSize } from "./meta-page.ts";

/**
 * Reads both meta pages of a file, and returns the one that lmdb will take. lmdb checks little of the first and nothing of the second, so
 * that any damage of either is added to `findings`.
 */
export async function readSnapshot(file: FileHandle, findings: Findings): Promise<MetaPage | undefined> {
  const first = await readBytes(file, 0);
  const pageSize = readPageSize(first);
  if (pageSize === undefined) {
    findings.add("meta", 0, "it is not the first page of an LMDB file");
    return undefined;
  }
  const one = readMetaPage(first, 0, pageSize, findings);
  const other = readMetaPage(await readBytes(file, pageSize), 1, pageSize, findings);
  if (one === undefined || other === undefined) return undefined;
  // Each transaction writes over the older of the two.
  if (Math.abs(one.txnId - other.txnId) > 1) {
    findings.add("meta", undefined, `the meta pages are of the transactions ${one.txnId} and ${other.txnId}`);
    return undefined;
  }
  return one.txnId >= other.txnId ? one : other;
}

async function readBytes(file: FileHandle, position: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(META_BYTES), 0, META_BYTES, position);
  return buffer.subarray(0, bytesRead);
}
