/** The bytes as a string of one character each, which compares as the bytes do and can be the key of a `Map`. */
export function byteString(bytes: Uint8Array): string {
  return Buffer.prototype.latin1Slice.call(bytes, 0, bytes.length);
}

/** The bytes that {@link byteString} made `text` of. */
export function bytesOfString(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}
