import type { StateChange } from "./store.ts";

/** The pages of an LMDB database. */
export interface Extent {
  /** In bytes. */
  readonly pageSize: number;
  /** The number of pages up to the last one in use, meta pages included. */
  readonly numPages: number;
  /** The height of the tree of entries. */
  readonly depth: number;
  readonly numLeafPages: number;
  readonly numBranchPages: number;
  /** The pages of the list of free pages. */
  readonly numFreeListPages: number;
}

/** Reads bytes of the file at a position into the buffer. */
export type ReadAt = (buffer: Buffer, position: number) => void;

/** The places of the numbers in a meta page of lmdb 3.5. The tree of the free list comes first, then the tree of entries. */
const AT = { pageSize: 48, freeTree: 48, tree: 96, lastPage: 144, transaction: 152 };
const TREE = { depth: 6, branchPages: 8, leafPages: 16, overflowPages: 24 };
const META_BYTES = 160;
/** The bytes of an entry in a page beside its key and its value. */
const ENTRY_BYTES = 16;
const PAGE_HEADER_BYTES = 24;
/** Pages for the ends of runs, and for growth of the list of free pages. */
const SPARE_PAGES = 32;

/** Reads the pages of a database from its newest meta page. */
export function readExtent(readAt: ReadAt): Extent {
  const [first, second] = [Buffer.alloc(META_BYTES), Buffer.alloc(META_BYTES)];
  readAt(first, 0);
  const pageSize = first.readUInt32LE(AT.pageSize);
  readAt(second, pageSize);
  const isFirst = first.readBigUInt64LE(AT.transaction) >= second.readBigUInt64LE(AT.transaction);
  const meta = isFirst ? first : second;
  const count = (at: number): number => Number(meta.readBigUInt64LE(at));
  return {
    pageSize,
    numPages: count(AT.lastPage) + 1,
    depth: meta.readUInt16LE(AT.tree + TREE.depth),
    numLeafPages: count(AT.tree + TREE.leafPages),
    numBranchPages: count(AT.tree + TREE.branchPages),
    numFreeListPages:
      count(AT.freeTree + TREE.branchPages) +
      count(AT.freeTree + TREE.leafPages) +
      count(AT.freeTree + TREE.overflowPages),
  };
}

/** Returns the most pages that a transaction with these writes may add at the end of the database. */
export function pagesToAdd(extent: Extent, writes: readonly (readonly StateChange[])[]): number {
  const { depth, numBranchPages, numFreeListPages, numLeafPages, pageSize } = extent;
  let numChanges = 0;
  let numInline = 0;
  let numOverflowPages = 0;
  for (const changes of writes) {
    numChanges += changes.length;
    for (const { key, value } of changes) {
      const numBytes = ENTRY_BYTES + key.length + (value?.length ?? 0);
      // Larger entries have pages of their own.
      if (numBytes > pageSize >>> 2) numOverflowPages += Math.ceil((numBytes + PAGE_HEADER_BYTES) / pageSize);
      numInline += Math.min(numBytes, pageSize >>> 2);
    }
  }
  // LMDB copies each page that it changes, from the leaf to the root, and a page that it splits is half full.
  const numCopied = Math.min(numChanges, numLeafPages) + Math.min(numChanges * depth, numBranchPages);
  const numFilled = Math.ceil((2 * numInline) / pageSize);
  return numCopied + numFilled + numOverflowPages + numFreeListPages + SPARE_PAGES;
}
