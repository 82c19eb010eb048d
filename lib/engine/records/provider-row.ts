import { decodeValue, encodeValue } from "../../state/codec.ts";

/** A target or a container, by its id. */
export interface ProviderRow {
  /** Its encoded path: its name, and the keys of the containers down to it. */
  readonly path: Uint8Array;
  /** The tokens that it had under earlier paths. */
  readonly formerTokens: readonly string[];
}

/** Encodes the row of a provider; one without former tokens is its path alone. */
export function encodeProviderRow({ formerTokens, path }: ProviderRow): Uint8Array {
  return encodeValue(formerTokens.length === 0 ? path : [path, ...formerTokens]);
}

/** Decodes the bytes of {@link encodeProviderRow}. */
export function decodeProviderRow(bytes: Uint8Array): ProviderRow {
  const row = decodeValue(bytes) as Uint8Array | [path: Uint8Array, ...formerTokens: string[]];
  if (row instanceof Uint8Array) return { path: row, formerTokens: [] };
  const [path, ...formerTokens] = row;
  return { path, formerTokens };
}
