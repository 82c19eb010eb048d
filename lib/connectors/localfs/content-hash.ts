import { createHash, hash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";

/** So much is hashed in about 3 ms. */
const SLICE_BYTES = 4 * 1024 * 1024;

/** The SHA-256 of `bytes` as a short text. */
export function contentHash(bytes: Uint8Array): string {
  return hash("sha256", bytes, "base64url");
}

/** As {@link contentHash}, letting others run now and then. */
export async function contentHashInTurns(bytes: Uint8Array): Promise<string> {
  if (bytes.length <= SLICE_BYTES) return contentHash(bytes);
  const digest = new ContentDigest();
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    digest.add(bytes.subarray(at, at + SLICE_BYTES));
    await nextTurn();
  }
  return digest.end();
}

/** Makes the {@link contentHash} of bytes that come in pieces. */
export class ContentDigest {
  readonly #hash = createHash("sha256");

  add(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** The hash of everything added; nothing can be added after. */
  end(): string {
    return this.#hash.digest("base64url");
  }
}
