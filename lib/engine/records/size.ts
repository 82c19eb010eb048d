/** The bytes of a size in a row: seven bits each, the highest first. All but the last have the eighth bit as well. */
export function encodeSize(size: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(sizeLength(size));
  let left = size;
  for (let at = bytes.length - 1; at >= 0; at--) {
    bytes[at] = (left % 128) + (at === bytes.length - 1 ? 0 : 128);
    left = Math.floor(left / 128);
  }
  return bytes;
}

/** Reads the size at a place. */
export function readSize(bytes: Uint8Array, start: number): number {
  let at = start;
  let size = 0;
  for (; bytes[at]! >= 128; at++) size = size * 128 + bytes[at]! - 128;
  return size * 128 + bytes[at]!;
}

/** The number of bytes that {@link encodeSize} takes. */
export function sizeLength(size: number): number {
  let length = 1;
  for (let left = size; left >= 128; left = Math.floor(left / 128)) length++;
  return length;
}

/** Reads a size in four bytes, the highest first. */
export function readFourBytes(bytes: Uint8Array, start: number): number {
  let size = 0;
  for (let at = start; at < start + 4; at++) size = size * 256 + bytes[at]!;
  return size;
}
