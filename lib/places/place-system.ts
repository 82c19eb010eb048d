import { lstatSync, readlinkSync, realpathSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { currentMounts, unbindPath } from "./mounts.ts";

/** The questions about files and folders that tell whether two paths lead to the same one. */
export interface PlaceSystem {
  /** The path of an existing file or folder without links, in the case that the file system keeps; `undefined` when nothing is there. */
  realpath(path: string): string | undefined;
  /** The target of a link as it is written; `undefined` for anything else. */
  readlink(path: string): string | undefined;
  /** Text that is the same for the same existing file or folder; `undefined` when nothing is there, or the file system cannot tell. */
  identity(path: string): string | undefined;
  /** The path of the same file or folder without bind mounts, for a path without links; the path itself where the system cannot tell. */
  unbind(path: string): string;
  /** Whether identities of the file system at `path` tell files apart: not on FAT, network drives and file systems in user space. */
  isReliable(path: string): boolean;
}

/** The file system of the machine. */
export const placeSystem: PlaceSystem = { realpath, readlink, identity, unbind, isReliable };

/** Linux: FAT, exFAT, NFS, SMB (three of its numbers), 9p, AFS, Ceph and FUSE. */
const UNRELIABLE_TYPES: ReadonlySet<bigint> = new Set([
  0x4d44n,
  0x2011bab0n,
  0x6969n,
  0x517bn,
  0xff534d42n,
  0xfe534d42n,
  0x01021997n,
  0x5346414fn,
  0x00c36400n,
  0x65735546n,
]);

function realpath(path: string): string | undefined {
  return attempt(() => realpathSync.native(path)) ?? attempt(() => realpathSync(path));
}

function readlink(path: string): string | undefined {
  return attempt(() => (lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined));
}

function identity(path: string): string | undefined {
  const stats = attempt(() => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return stats === undefined || stats.ino === 0n ? undefined : `${stats.dev}:${stats.ino}`;
}

function unbind(path: string): string {
  return unbindPath(path, currentMounts());
}

function isReliable(path: string): boolean {
  const type = process.platform === "linux" ? attempt(() => statfsSync(path, { bigint: true }).type) : undefined;
  // Other systems number their file systems in their own ways.
  if (type !== undefined && UNRELIABLE_TYPES.has(BigInt.asUintN(32, type))) return false;
  const outer = dirname(path);
  return outer === path || identity(outer) !== identity(path);
}

/** A path that cannot be looked at is treated as if nothing were there: the operation that needs it meets the error. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
