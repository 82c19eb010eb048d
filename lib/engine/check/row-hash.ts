/** The hash of no bytes. */
export const EMPTY_HASH = 0x2545f491;

/** Continues a hash with more bytes: the hash of a path continues the hash of its parent's path. */
export function hashOn(hash: number, bytes: Uint8Array): number {
  let sum = hash;
  for (let at = 0; at < bytes.length; at++) {
    sum = Math.imul(sum ^ bytes[at]!, 0x9e3779b1);
    sum ^= sum >>> 15;
  }
  return sum;
}
