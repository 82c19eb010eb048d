/**
 * Mixes a range of bytes, and then `length`, into a sum of 32 bits. Each step is reversible, so that a change within four bytes always changes
 * the sum. Two sums of every other four bytes, which the processor computes side by side: 0.1 µs for a row of the usual size, in which `crc32` of
 * node:zlib takes 0.25 µs. Stored: it never changes.
 */
export function mixBytes(sum: number, bytes: Uint8Array, start: number, end: number, length: number): number {
  const view = viewOf(bytes.buffer);
  const stop = bytes.byteOffset + end;
  let one = sum;
  let other = sum;
  let at = bytes.byteOffset + start;
  for (const last = stop - 7; at < last; at += 8) {
    one = mix(one, view.getInt32(at, true));
    other = mix(other, view.getInt32(at + 4, true));
  }
  for (; at < stop; at++) one = mix(one, view.getUint8(at));
  return mix(mix(one, other), length);
}

function mix(sum: number, word: number): number {
  const product = Math.imul(sum ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}

let lastView: DataView = new DataView(new ArrayBuffer(0));

/** The view of a buffer: most small rows and keys that are read one after the other share one. */
function viewOf(buffer: ArrayBufferLike): DataView {
  if (lastView.buffer !== buffer) lastView = new DataView(buffer);
  return lastView;
}
