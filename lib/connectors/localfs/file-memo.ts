import { isSameInode, isSameVersion, type FileVersion } from "./walk/file-version.ts";

/** One reading of a file's content: what was handed out, and of which version. */
export interface ContentReading {
  readonly version: FileVersion;
  /** Of exactly the bytes that were handed out; `undefined` when they are not the whole content. */
  readonly hash: string | undefined;
  /** Whether the same modification time and size mean the same content from now on, unless a program sets that time back. */
  readonly isSettled: boolean;
  /** Whether any later change shows in the change time. */
  readonly isChangeTimeSettled: boolean;
}

/**
 * The stored state of a file, as plain data: modification time in ns, size, content hash or `null`, whether the version can be
 * trusted, inode and change time in ns.
 *
 * Trusted: the same version means that nothing has changed. Without trust, and when only inode or change time differ, the hash decides.
 * Without a hash, a trusted modification time and size decide; without both, nothing can vouch for the file.
 */
export type FileState = readonly [
  mtimeNs: string,
  sizeBytes: number,
  hash: string | null,
  isTrusted: boolean,
  ino: number | string,
  ctimeNs: number,
];

/** A state as version 0.1.0 stored it. */
type FileStateWithoutInode = readonly [mtimeNs: string, sizeBytes: number, hash: string | null, isTrusted: boolean];

/** A state that a memo may hold. */
export type StoredFileState = FileState | FileStateWithoutInode;

/** The state of a file of which `readings` were handed out since the walk found it as `found`. */
export function fileState(found: FileVersion, readings: readonly ContentReading[]): FileState {
  const whole = readings.findLast((reading) => reading.hash !== undefined && reading.isSettled);
  const main = whole ?? readings.findLast((reading) => reading.hash !== undefined) ?? readings[0];
  if (main === undefined) return stateOf(found, undefined, true);
  const isOneContent = readings.every((reading) => isSameContent(reading, main));
  if (!isOneContent) return stateOf(main.version, undefined, false);
  // Without a hash, the change time is never compared.
  const isTrusted = main.isSettled && (main.hash === undefined || main.isChangeTimeSettled);
  return stateOf(main.version, main.hash, isTrusted);
}

/** Whether `value` is a {@link StoredFileState}. */
export function isFileState(value: unknown): value is StoredFileState {
  return (
    Array.isArray(value) &&
    typeof value[0] === "string" &&
    typeof value[1] === "number" &&
    (value[2] === null || typeof value[2] === "string") &&
    typeof value[3] === "boolean" &&
    (value.length === 4 ||
      ((typeof value[4] === "number" || typeof value[4] === "string") && typeof value[5] === "number"))
  );
}

/** The state to store from now on, if `state` vouches for that version; else `undefined`. */
export function vouchedState(state: StoredFileState, version: FileVersion): FileState | undefined {
  // By index: taking an array apart iterates over it, which takes as long as all comparisons.
  const isTrusted = state[3];
  if (!isTrusted || state[1] !== version.sizeBytes || state[0] !== String(version.mtimeNs)) return undefined;
  if (state.length === 4) return [...state, version.ino, version.ctimeNs];
  const hash = state[2];
  return hash === null || isSameFile(state, version) ? state : undefined;
}

function isSameFile(state: FileState, version: FileVersion): boolean {
  return isSameInode(state[4], version.ino) && state[5] === version.ctimeNs;
}

function isSameContent(reading: ContentReading, main: ContentReading): boolean {
  if (reading.hash !== undefined) return reading.hash === main.hash;
  return reading.isSettled && main.isSettled && isSameVersion(reading.version, main.version);
}

function stateOf(version: FileVersion, hash: string | undefined, isTrusted: boolean): FileState {
  return [String(version.mtimeNs), version.sizeBytes, hash ?? null, isTrusted, version.ino, version.ctimeNs];
}
