import type { Findings } from "./findings.ts";
import type { PageUsage } from "./page-usage.ts";
import type { ByteRange } from "./row-check.ts";

const ITEM_BYTES = 8;

/**
 * Marks the free pages that one record of the list of free pages names. A record is the number of its items and the items, each 0, or the number
 * of a page, or the negative number of pages of a block, followed by its first page. Bytes after the items are left from before.
 */
export function markFreePages(
  { bytes, end, start }: ByteRange,
  page: number,
  usage: PageUsage,
  findings: Findings,
): void {
  const record = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  const numPlaces = Math.floor(record.byteLength / ITEM_BYTES);
  const item = (at: number) => Number(record.getBigInt64(at * ITEM_BYTES, true));
  const numItems = numPlaces === 0 ? -1 : item(0);
  if (numItems < 0 || numItems >= numPlaces) {
    findings.add("free", page, `a list of free pages has ${numItems} items in ${end - start} bytes`);
    return;
  }
  for (let at = 1; at <= numItems && !findings.isFull; at++) {
    const first = item(at);
    if (first > 0) usage.free(first, 1, page);
    else if (first < 0 && ++at < numPlaces) usage.free(item(at), -first, page);
    else if (first < 0) findings.add("free", page, "a block of free pages has no number");
  }
}
