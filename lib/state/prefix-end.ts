import { MAX_KEY_BYTES } from "./store.ts";

/** The end of the range of all keys that begin with `prefix`: the smallest bytes above every one of them. */
export function prefixEnd(prefix: Uint8Array): Uint8Array {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length -= 1;
  // Nothing is above all bytes; this is above all keys, being longer than any.
  if (length === 0) return new Uint8Array(MAX_KEY_BYTES + 1).fill(0xff);
  const end = Uint8Array.from(prefix.subarray(0, length));
  end[length - 1]! += 1;
  return end;
}
