import { constants, type BigIntStats } from "node:fs";
import { reservedFolders } from "../../places/reserved-folders.ts";

/**
 * The flags for opening a file to read it. Nothing that has taken the place of a file, such as a FIFO without a writer, holds up the
 * process, or becomes its terminal. Windows has neither flag.
 */
export const READ_FLAGS: number = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/**
 * Throws for a FIFO, a socket, a device, and for a file that an open store holds. A folder passes: reading it fails with EISDIR, by which
 * the engine recognizes a file that has vanished.
 */
export function requireReadable(stats: BigIntStats): void {
  if (!stats.isFile() && !stats.isDirectory()) {
    throw new UnreadableError(`it is ${kindOf(stats)} now, and not a regular file`);
  }
  if (reservedFolders.holds(stats)) {
    throw new UnreadableError("it is a file of an open store, which nothing else may open");
  }
}

/** Throws if a file is too long to be read in one piece by the method, such as `text()`. */
export function requireLength(sizeBytes: number, { maxBytes, method, remedy }: ReadLimit): void {
  if (sizeBytes <= maxBytes) return;
  throw new UnreadableError(`it has ${sizeBytes} bytes, and ${method} reads at most ${maxBytes}; ${remedy}`);
}

/** The reason why a file is not read, as the cause of a FILE_READ_FAILED. */
export class UnreadableError extends Error {
  override readonly name = "UnreadableError";
}

/** The most that a method can give in one piece. */
export interface ReadLimit {
  readonly method: string;
  readonly maxBytes: number;
  /** The advice for a longer file. */
  readonly remedy: string;
}

function kindOf(stats: BigIntStats): string {
  if (stats.isFIFO()) return "a FIFO";
  if (stats.isSocket()) return "a socket";
  if (stats.isCharacterDevice()) return "a character device";
  return stats.isBlockDevice() ? "a block device" : "something else";
}
