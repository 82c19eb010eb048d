import type { Findings } from "./findings.ts";
import { FLAGS, META, PAGE_HEADER_BYTES, TREE } from "./page-layout.ts";

/** The record of a tree of pages. */
export interface TreeRecord {
  /** The flags of the database, which say how its keys are compared. */
  readonly flags: number;
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  /** The page of the root; `undefined` for an empty tree. */
  readonly root: number | undefined;
}

/** A meta page: the start of one snapshot of the data. */
export interface MetaPage {
  readonly pageSize: number;
  /** The last page that the snapshot may use. */
  readonly lastPage: number;
  /** The transaction that made the snapshot. */
  readonly txnId: number;
  /** The tree of the free pages. */
  readonly free: TreeRecord;
  /** The tree of the rows. */
  readonly main: TreeRecord;
}

/** The bytes of a meta page that lmdb reads. */
export const META_BYTES: number = PAGE_HEADER_BYTES + META.bytes;

const MAGIC = 0xbeefc0de;
const VERSION = 2;
const MIN_PAGE_SIZE = 512;
const MAX_PAGE_SIZE = 65_536;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;
/** lmdb marks so a snapshot that it has not flushed, when it flushes snapshots in the background. */
const NOT_FLUSHED = 0x1000;
const INTEGER_KEYS = 0x08;

/** Reads the size of the pages of a file from its first bytes; `undefined` when they are not those of an LMDB file. */
export function readPageSize(bytes: Buffer): number | undefined {
  const size = bytes.length < META_BYTES ? 0 : bytes.readUInt32LE(PAGE_HEADER_BYTES + META.free + TREE.pad);
  const isPower = (size & (size - 1)) === 0;
  return isPower && size >= MIN_PAGE_SIZE && size <= MAX_PAGE_SIZE ? size : undefined;
}

/** Reads the meta page at the start of `bytes`, which is the page 0 or 1 of a file. Adds its damage to `findings`. */
export function readMetaPage(bytes: Buffer, page: 0 | 1, pageSize: number, findings: Findings): MetaPage | undefined {
  const fault = findFault(bytes, page, pageSize);
  if (fault !== undefined) {
    findings.add("meta", page, fault);
    return undefined;
  }
  const body = bytes.subarray(PAGE_HEADER_BYTES);
  return {
    pageSize,
    lastPage: Number(body.readBigUInt64LE(META.lastPage)),
    txnId: Number(body.readBigUInt64LE(META.txnId)),
    free: readTree(body.subarray(META.free)),
    main: readTree(body.subarray(META.main)),
  };
}

function findFault(bytes: Buffer, page: number, pageSize: number): string | undefined {
  if (bytes.length < META_BYTES) return "it is cut short";
  const body = bytes.subarray(PAGE_HEADER_BYTES);
  if (bytes.readBigUInt64LE(0) !== BigInt(page)) return "its number is wrong";
  if (bytes.readUInt16LE(FLAGS.offset) !== FLAGS.meta) return "it is no meta page";
  if (body.readUInt32LE(META.magic) !== MAGIC) return "its magic number is wrong";
  if (body.readUInt32LE(META.version) !== VERSION) return `its version must be ${VERSION}`;
  if (body.readUInt32LE(META.free + TREE.pad) !== pageSize) return "its page size is not that of page 0";
  const freeFlags = body.readUInt16LE(META.free + TREE.flags) & ~NOT_FLUSHED;
  if (freeFlags !== INTEGER_KEYS || body.readUInt16LE(META.main + TREE.flags) !== 0) return "its flags are wrong";
  const isInSlot = body.readBigUInt64LE(META.txnId) % 2n === BigInt(page) || body.readBigUInt64LE(META.txnId) === 0n;
  return isInSlot ? undefined : "its transaction belongs in the other meta page";
}

function readTree(record: Buffer): TreeRecord {
  const root = record.readBigUInt64LE(TREE.root);
  return {
    flags: record.readUInt16LE(TREE.flags),
    depth: record.readUInt16LE(TREE.depth),
    branchPages: Number(record.readBigUInt64LE(TREE.branchPages)),
    leafPages: Number(record.readBigUInt64LE(TREE.leafPages)),
    overflowPages: Number(record.readBigUInt64LE(TREE.overflowPages)),
    entries: Number(record.readBigUInt64LE(TREE.entries)),
    root: root === NO_PAGE ? undefined : Number(root),
  };
}
