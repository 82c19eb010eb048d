import { decodeValue, describeUnstorable, encodeValue } from "../../state/codec.ts";

/** Returns a function that creates a copy of plain data each time, as the data is now. */
export function copier(data: unknown): () => unknown {
  if (typeof data !== "object" || data === null) return () => data;
  const bytes = encodeValue(data);
  return () => decodeValue(bytes);
}

/** Returns a copy of `value` for a single owner; `value` itself where it is no plain data. */
export function ownCopy(value: unknown): unknown {
  return describeUnstorable(value) === undefined ? copier(value)() : value;
}
