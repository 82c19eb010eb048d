// The layout of the files that lmdb 3.5 writes (LMDB data format 2, little-endian): `struct MDB_page_header`, `MDB_node`, `MDB_meta`, `MDB_db`
// and `MDB_ovpage` in its mdb.c. Offsets are in bytes.

/** The header of a page: number, transaction, padding, flags, lower and upper bound of its free space. */
export const PAGE_HEADER_BYTES = 24;

/** Where the flags of a page are, and their values. */
export const FLAGS = { offset: 18, branch: 1, leaf: 2, overflow: 4, meta: 8 } as const;

/** The header of a node: size of its data or number of its child, flags, size of its key. */
export const NODE_HEADER_BYTES = 8;

/** The flag of a node whose data are on overflow pages. */
export const NODE_BIG_DATA = 1;

/** The data of a node whose value is on overflow pages: their first page, their transaction, their number. */
export const OVERFLOW_RECORD_BYTES = 24;

/** A meta page after its header. */
export const META = {
  magic: 0,
  version: 4,
  free: 24,
  main: 72,
  lastPage: 120,
  txnId: 128,
  bytes: 144,
} as const;

/** The record of a tree. */
export const TREE = {
  pad: 0,
  flags: 4,
  depth: 6,
  branchPages: 8,
  leafPages: 16,
  overflowPages: 24,
  entries: 32,
  root: 40,
} as const;
