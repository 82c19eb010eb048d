/** The encoding of a path followed by another. It is a plain byte array: mixed with Buffers, values are stored more slowly. */
export function joinPaths(path: Uint8Array, below: Uint8Array): Uint8Array {
  const joined = new Uint8Array(path.length + below.length);
  joined.set(path);
  joined.set(below, path.length);
  return joined;
}
