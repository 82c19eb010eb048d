import { decodeValue } from "../../state/codec.ts";
import { prefixEnd } from "../../state/stable-key.ts";
import { MAX_KEY_BYTES, type StateChange, type StateStore } from "../../state/store.ts";
import { readId } from "./child-row.ts";
import { putRow, removeRow } from "./row-change.ts";
import { decodeRow } from "./row-envelope.ts";
import { createRowKey, FAMILY } from "./row-keys.ts";
import type { GivenUpRow, TrackedItem, TrackingRow } from "./row.ts";
import { decodeGivenUpRow, decodeTrackingRow, encodeGivenUpRow } from "./tracking-row.ts";

/** The value of an owner row: the id of the owner, or the name under which another owner has the target state. */
export type OwnerValue = number | readonly [appId: number, providerId: number, key: Uint8Array];

/** Lists of the target states of one app, and the rows of its given-up states. */
export class StateRows {
  readonly #store: StateStore;
  readonly #appId: number;

  constructor(store: StateStore, appId: number) {
    this.#store = store;
    this.#appId = appId;
  }

  /** Whether any component owns a target state of a provider. */
  ownsInside(providerId: number): boolean {
    const prefix = createRowKey(this.#appId, FAMILY.owner, providerId);
    for (const { key, value } of this.#store.range(prefix, prefixEnd(prefix))) {
      if (typeof decodeRow(key, value, decodeValue) === "number") return true;
    }
    return false;
  }

  /** Lists the names of the target states that have owners; the key of a very long one cannot be read back, and is left out. */
  *owned(): Iterable<{ readonly providerId: number; readonly key: Uint8Array; readonly id: number }> {
    yield* this.#owned(createRowKey(this.#appId, FAMILY.owner));
  }

  /** Lists the keys of the target states of one provider that have owners, as {@link owned} does. */
  *ownedIn(providerId: number): Iterable<Uint8Array> {
    for (const { key } of this.#owned(createRowKey(this.#appId, FAMILY.owner, providerId))) yield key;
  }

  *#owned(
    prefix: Uint8Array,
  ): Iterable<{ readonly providerId: number; readonly key: Uint8Array; readonly id: number }> {
    const idAt = createRowKey(this.#appId, FAMILY.owner).length;
    const headBytes = createRowKey(this.#appId, FAMILY.owner, 0).length;
    for (const { key, value } of this.#store.range(prefix, prefixEnd(prefix))) {
      const id = decodeRow(key, value, decodeValue) as OwnerValue;
      if (typeof id !== "number" || key.length === MAX_KEY_BYTES) continue;
      yield { providerId: readId(key, idAt), key: key.subarray(headBytes), id };
    }
  }

  /** Lists the tracking rows, each with the id of its component. */
  *tracked(): Iterable<{ readonly id: number; readonly row: TrackingRow }> {
    const prefix = createRowKey(this.#appId, FAMILY.tracking);
    for (const { key, value } of this.#store.range(prefix, prefixEnd(prefix))) {
      yield { id: readId(key, prefix.length), row: decodeRow(key, value, decodeTrackingRow) };
    }
  }

  /** Reads a target state that was given up. */
  givenUp(providerId: number, key: Uint8Array): GivenUpRow | undefined {
    const rowKey = this.#givenUpKey(providerId, key);
    const value = this.#store.get(rowKey);
    return value === undefined ? undefined : decodeRow(rowKey, value, decodeGivenUpRow);
  }

  /** Whether a target state is that of the store that this one is a copy of, though it may be declared here as well: it is never removed. */
  isOfOriginal({ key, providerId }: Pick<TrackedItem, "key" | "providerId">): boolean {
    return this.givenUp(providerId, key)?.reason === "copied";
  }

  /** Lists the target states that were given up. */
  *allGivenUp(): Iterable<GivenUpRow> {
    const prefix = createRowKey(this.#appId, FAMILY.givenUp);
    for (const { key, value } of this.#store.range(prefix, prefixEnd(prefix))) {
      yield decodeRow(key, value, decodeGivenUpRow);
    }
  }

  putGivenUp(row: GivenUpRow): StateChange {
    const { key, providerId } = row.item;
    return putRow(this.#givenUpKey(providerId, key), encodeGivenUpRow(row));
  }

  removeGivenUp(providerId: number, key: Uint8Array): StateChange {
    return removeRow(this.#givenUpKey(providerId, key));
  }

  #givenUpKey(providerId: number, key: Uint8Array): Uint8Array {
    return createRowKey(this.#appId, FAMILY.givenUp, providerId, key);
  }
}
