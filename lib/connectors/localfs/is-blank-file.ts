import { closeSync, constants, openSync, readSync } from "node:fs";

const CHUNK_BYTES = 64 * 1024;

/** Whether a file is empty or all zeros: a power cut leaves this of a file whose content never came to disk. */
export function isBlankFile(path: string): boolean {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      const size = readSync(descriptor, chunk);
      if (size === 0) return true;
      if (chunk.subarray(0, size).some((byte) => byte !== 0)) return false;
    }
  } finally {
    closeSync(descriptor);
  }
}
