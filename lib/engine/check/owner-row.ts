import { decodeValue } from "../../state/codec.ts";
import { MAX_KEY_BYTES } from "../../state/store.ts";
import { readId } from "../records/child-row.ts";
import { decodeRow } from "../records/row-envelope.ts";
import { ROW_ID_AT, ROW_TAIL_AT } from "../records/row-keys.ts";
import type { OwnerValue } from "../records/state-rows.ts";
import type { OrphanState } from "./finding.ts";
import { isId } from "./tracked-component.ts";

/** Decodes an owner row. */
export function readOwner(key: Uint8Array, value: Uint8Array): OwnerValue {
  return decodeRow(key, value, (body) => {
    const owner = decodeValue(body);
    const isTaker = Array.isArray(owner) && isId(owner[0]) && isId(owner[1]) && owner[2] instanceof Uint8Array;
    if (!isId(owner) && !isTaker) throw new TypeError("Cannot decode the owner of a target state");
    if (key.length <= ROW_TAIL_AT) throw new TypeError("Cannot decode the name of a target state");
    return owner as OwnerValue;
  });
}

/** The orphan that an owner row stands for: nothing is known but its name; none where the name cannot be read back. */
export function untrackedOrphans(ownerKey: Uint8Array): readonly OrphanState[] {
  if (ownerKey.length === MAX_KEY_BYTES) return [];
  const key = ownerKey.slice(ROW_TAIL_AT);
  const providerId = readId(ownerKey, ROW_ID_AT);
  return [{ item: { providerId, key, generation: 0, states: [null], inside: null }, name: "", path: new Uint8Array() }];
}
