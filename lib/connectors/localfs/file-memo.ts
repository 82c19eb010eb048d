import { isSameVersion, type FileVersion } from "./walk/file-version.ts";

/** One reading of a file's content: what was handed out, and of which version. */
export interface ContentReading {
  readonly version: FileVersion;
  /** Of exactly the bytes that were handed out; `undefined` when they are not the whole content. */
  readonly hash: string | undefined;
  /** Whether the same version means the same content from now on. */
  readonly isSettled: boolean;
}

/**
 * What a memo remembers of a file, as plain data: modification time in ns, size, content hash or `null`, and whether the first two can be trusted.
 *
 * Trusted: the same time and size mean that nothing has changed. Else the hash decides; without a hash, nothing can vouch for the file.
 */
export type FileState = readonly [mtimeNs: string, sizeBytes: number, hash: string | null, isTrusted: boolean];

/** The state of a file of which `readings` were handed out since the walk found it as `found`. */
export function fileState(found: FileVersion, readings: readonly ContentReading[]): FileState {
  const whole = readings.findLast((reading) => reading.hash !== undefined && reading.isSettled);
  const main = whole ?? readings.findLast((reading) => reading.hash !== undefined) ?? readings[0];
  if (main === undefined) return stateOf(found, undefined, true);
  const isOneContent = readings.every((reading) => isSameContent(reading, main));
  return isOneContent ? stateOf(main.version, main.hash, main.isSettled) : stateOf(main.version, undefined, false);
}

/** Whether `value` is a {@link FileState}. */
export function isFileState(value: unknown): value is FileState {
  return (
    Array.isArray(value) &&
    typeof value[0] === "string" &&
    typeof value[1] === "number" &&
    (value[2] === null || typeof value[2] === "string") &&
    typeof value[3] === "boolean"
  );
}

/** Whether the state vouches for that version. */
export function vouchesFor([mtimeNs, sizeBytes, , isTrusted]: FileState, version: FileVersion): boolean {
  return isTrusted && sizeBytes === version.sizeBytes && mtimeNs === String(version.mtimeNs);
}

function isSameContent(reading: ContentReading, main: ContentReading): boolean {
  if (reading.hash !== undefined) return reading.hash === main.hash;
  return reading.isSettled && main.isSettled && isSameVersion(reading.version, main.version);
}

function stateOf(version: FileVersion, hash: string | undefined, isTrusted: boolean): FileState {
  return [String(version.mtimeNs), version.sizeBytes, hash ?? null, isTrusted];
}
