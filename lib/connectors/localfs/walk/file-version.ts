import type { BigIntStats } from "node:fs";

/** What a file system says about a file's content without it being read. */
export interface FileVersion {
  readonly mtimeNs: bigint;
  readonly sizeBytes: number;
}

/** The version that `stats` shows. */
export function versionOf(stats: BigIntStats): FileVersion {
  return { mtimeNs: stats.mtimeNs, sizeBytes: Number(stats.size) };
}

/** Whether both are the same version. */
export function isSameVersion(one: FileVersion, other: FileVersion): boolean {
  return one.mtimeNs === other.mtimeNs && one.sizeBytes === other.sizeBytes;
}

const COARSE_MARGIN_MS = 2000;
const FINE_MARGIN_MS = 20;

/**
 * Whether any change after `observedAtMs` must show in the modification time.
 *
 * A file that was modified just before may be modified again within the same tick of the file system's clock (git calls it
 * "racily clean"). The tick is taken to be that of FAT, two seconds, when the time has whole seconds, and else that of a kernel's coarse clock.
 */
export function isSettled(version: FileVersion, observedAtMs: number): boolean {
  const marginMs = version.mtimeNs % 1_000_000_000n === 0n ? COARSE_MARGIN_MS : FINE_MARGIN_MS;
  return observedAtMs - Number(version.mtimeNs / 1_000_000n) > marginMs;
}
