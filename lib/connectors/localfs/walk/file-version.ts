import type { BigIntStats } from "node:fs";

/** The facts by which a file system tells one content of a file from another without reading it. */
export interface FileVersion {
  readonly mtimeNs: bigint;
  readonly sizeBytes: number;
  /**
   * Set by the system at each change of content, name or attributes; no program can choose it, as it can the modification time. As a
   * number it is exact to 256 ns, in which no file changes twice.
   */
  readonly ctimeNs: number;
  /** The inode, in decimal digits above 2^53; 0 where the file system has none. */
  readonly ino: number | string;
}

/** The version that `stats` shows. */
export function versionOf({ ctimeNs, ino, mtimeNs, size }: BigIntStats): FileVersion {
  const inode = Number(ino);
  return {
    mtimeNs,
    sizeBytes: Number(size),
    ctimeNs: Number(ctimeNs),
    ino: Number.isSafeInteger(inode) ? inode : String(ino),
  };
}

/** Whether both are the same version. An inode of 0 equals every other. */
export function isSameVersion(one: FileVersion, other: FileVersion): boolean {
  return (
    one.mtimeNs === other.mtimeNs &&
    one.sizeBytes === other.sizeBytes &&
    one.ctimeNs === other.ctimeNs &&
    isSameInode(one.ino, other.ino)
  );
}

/** Whether both are the same inode. An inode of 0 equals every other. */
export function isSameInode(one: FileVersion["ino"], other: FileVersion["ino"]): boolean {
  return one === other || one === 0 || other === 0;
}

const COARSE_MARGIN_MS = 2000;
const FINE_MARGIN_MS = 20;

/**
 * Whether any change after `observedAtMs` must show in the modification time, unless a program sets that time back.
 *
 * A file that was modified just before may be modified again within the same tick of the file system's clock (git calls it
 * "racily clean"). The tick is taken to be that of FAT, two seconds, when the time has whole seconds, and else that of a kernel's coarse clock.
 */
export function isSettled({ mtimeNs }: Pick<FileVersion, "mtimeNs">, observedAtMs: number): boolean {
  return isPast(mtimeNs, observedAtMs);
}

/** Whether any change after `observedAtMs` must show in the change time; see {@link isSettled}. */
export function isChangeTimeSettled({ ctimeNs }: Pick<FileVersion, "ctimeNs">, observedAtMs: number): boolean {
  return isPast(BigInt(ctimeNs), observedAtMs);
}

function isPast(timeNs: bigint, observedAtMs: number): boolean {
  const marginMs = timeNs % 1_000_000_000n === 0n ? COARSE_MARGIN_MS : FINE_MARGIN_MS;
  return observedAtMs - Number(timeNs / 1_000_000n) > marginMs;
}
