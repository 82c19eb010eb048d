import { createRowKey, FAMILY } from "../records/row-keys.ts";
import type { TrackedItem } from "../records/row.ts";
import { EMPTY_HASH, hashOn } from "./row-hash.ts";

const OTHER_SEED = 0x61c88647;

/** Two hashes of the key of an owner row: sums of them compare two sets of keys without keeping either. */
export function ownerHashes(ownerKey: Uint8Array): readonly [number, number] {
  return [hashOn(EMPTY_HASH, ownerKey), hashOn(OTHER_SEED, ownerKey)];
}

/** The key of the owner row of a target state. */
export function ownerKeyOf(appId: number, { key, providerId }: Pick<TrackedItem, "key" | "providerId">): Uint8Array {
  return createRowKey(appId, FAMILY.owner, providerId, key);
}
