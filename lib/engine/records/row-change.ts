import { encodeValue } from "../../state/codec.ts";
import type { StateChange } from "../../state/store.ts";
import { sealRow } from "./row-envelope.ts";

/** Returns the change that writes a row with this body. */
export function putRow(key: Uint8Array, body: Uint8Array): StateChange {
  return { key, value: sealRow(key, body) };
}

/** Returns the change that writes a row whose body is plain data. */
export function putValue(key: Uint8Array, value: unknown): StateChange {
  return putRow(key, encodeValue(value));
}

/** Returns the change that removes a row. */
export function removeRow(key: Uint8Array): StateChange {
  return { key, value: undefined };
}
