import { fstatSync, openSync, readSync, type BigIntStats } from "node:fs";
import { reservedFolders } from "../../places/reserved-folders.ts";
import type { Clock } from "../../time/clock.ts";
import { systemClock } from "../../time/system-clock.ts";
import { contentHash } from "./content-hash.ts";
import type { ContentReading } from "./file-memo.ts";
import { READ_FLAGS } from "./readable-file.ts";
import { isChangeTimeSettled, isSameVersion, isSettled, versionOf, type FileVersion } from "./walk/file-version.ts";

/** A file that was read in one go; its content is the beginning of the bytes that were given for it. */
export interface QuickRead {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly reading: ContentReading;
}

/** What is larger is not read in one go. */
export const MAX_QUICK_BYTES = 65_536;

/** What is in the system's memory is read in a hundredth of this. */
const SLOW_MS = 1;

/** After a file that was slow so many others are read in the background, several at a time. */
const MAX_SKIPPED = 64;

/** Reads small files synchronously, which takes a fifth of the time, as long as their content is in the system's memory. */
export class QuickReader {
  readonly #clock: Clock;
  #numToSkip = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /**
   * Reads a file of at most {@link MAX_QUICK_BYTES}; `undefined` where it is to be read in the background instead: just after a slow one,
   * when the file is not as it was `found`, and when it cannot be read.
   *
   * @param target at least as long as the file
   */
  read(path: string, found: FileVersion, target: Uint8Array<ArrayBuffer>): QuickRead | undefined {
    if (this.#numToSkip > 0) {
      this.#numToSkip--;
      return undefined;
    }
    const startedAt = this.#clock.now();
    const read = tryRead(path, found, target);
    if (this.#clock.now() - startedAt > SLOW_MS) this.#numToSkip = MAX_SKIPPED;
    return read;
  }
}

function tryRead(path: string, found: FileVersion, target: Uint8Array<ArrayBuffer>): QuickRead | undefined {
  const openedAtMs = Date.now();
  let descriptor: number | undefined;
  let stats: BigIntStats | undefined;
  try {
    if (reservedFolders.mayHold(found.ino)) return undefined;
    descriptor = openSync(path, READ_FLAGS);
    // At a position: it fails for a FIFO and a terminal, and so takes nothing from their readers.
    if (readSync(descriptor, target, 0, found.sizeBytes, 0) !== found.sizeBytes) return undefined;
    stats = fstatSync(descriptor, { bigint: true });
    // As it was found, so it did not change while it was read either.
    if (!stats.isFile() || !isSameVersion(versionOf(stats), found)) return undefined;
    const bytes = target.subarray(0, found.sizeBytes);
    const reading: ContentReading = {
      version: found,
      hash: contentHash(bytes),
      isSettled: isSettled(found, openedAtMs),
      isChangeTimeSettled: isChangeTimeSettled(found, openedAtMs),
    };
    return { bytes, reading };
  } catch {
    // Read in the background it fails again, and is reported.
    return undefined;
  } finally {
    if (descriptor !== undefined) {
      reservedFolders.close(descriptor, stats ?? fstatSync(descriptor, { bigint: true }));
    }
  }
}
