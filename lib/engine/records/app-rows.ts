import { hash } from "node:crypto";
import { decodeValue, encodeValue } from "../../state/codec.ts";
import { encodeKey, prefixEnd } from "../../state/stable-key.ts";
import { decodeChildRow, readId } from "./child-row.ts";
import {
  ROOT_ID,
  type MemoRow,
  type ChildRow,
  type TrackedItem,
  type TrackingRow,
  type CallRow,
  type DoomedRow,
} from "./row.ts";
import { MAX_KEY_BYTES, type StateEntry, type StateStore } from "../../state/store.ts";

/** The first byte of a key says what the row is. */
const FAMILY = {
  app: 1,
  child: 2,
  tracking: 3,
  call: 4,
  owner: 5,
  doomed: 6,
  sequence: 7,
  provider: 8,
  providerId: 9,
  update: 10,
};

/** Options of {@link AppRows.children}. */
export interface ChildrenOptions {
  /** Only those that come after this path. */
  readonly after?: Uint8Array | undefined;
  /** Only those whose paths begin with these bytes. */
  readonly within?: Uint8Array | undefined;
  /** Ids of children to leave out. */
  readonly except?: { has(id: number): boolean };
}

/** The rows of one app. */
export class AppRows {
  readonly store: StateStore;
  readonly appId: number;

  constructor(store: StateStore, appId: number) {
    this.store = store;
    this.appId = appId;
  }

  childKey(parentId: number, path: Uint8Array): Uint8Array {
    return this.#key(FAMILY.child, parentId, path);
  }

  child(parentId: number, path: Uint8Array): ChildRow | undefined {
    const value = this.store.get(this.childKey(parentId, path));
    return value === undefined ? undefined : decodeChildRow(value);
  }

  /** The children of a component, each with its path below it, in the order of their paths. */
  *children(
    parentId: number,
    options: ChildrenOptions = {},
  ): Iterable<{ readonly path: Uint8Array; readonly row: ChildRow }> {
    const { after, except, within = new Uint8Array() } = options;
    const prefix = this.#key(FAMILY.child, parentId);
    // Only the head of a long key is the path's.
    const head = this.childKey(parentId, within).subarray(0, MAX_KEY_BYTES - DIGEST_BYTES);
    const first = within.length === 0 ? Buffer.concat([head, FIRST]) : head;
    const start = after === undefined ? first : Buffer.concat([this.childKey(parentId, after), FIRST]);
    for (const { key, value } of this.store.range(start, prefixEnd(head))) {
      if (except?.has(readId(value)) === true) continue;
      const row = decodeChildRow(value);
      const path = row.longPath ?? key.subarray(prefix.length);
      if (Buffer.compare(path.subarray(0, within.length), within) === 0) yield { path, row };
    }
  }

  /** The number of children of a component. */
  numChildren(parentId: number): number {
    const prefix = this.#key(FAMILY.child, parentId);
    return this.store.count(Buffer.concat([prefix, FIRST]), prefixEnd(prefix));
  }

  /** The ids of the children of a component. */
  *childIds(parentId: number): Iterable<number> {
    const prefix = this.#key(FAMILY.child, parentId);
    for (const { value } of this.store.range(Buffer.concat([prefix, FIRST]), prefixEnd(prefix))) yield readId(value);
  }

  trackingKey(id: number): Uint8Array {
    return this.#key(FAMILY.tracking, id);
  }

  tracking(id: number): TrackingRow | undefined {
    const value = this.store.get(this.trackingKey(id));
    if (value === undefined) return undefined;
    const [name, ancestors, path, items] = decodeValue(value) as [string, number[], Uint8Array, TrackedFields[]];
    return { name, ancestors, path, items: items.map(trackedItem) };
  }

  encodeTracking(row: TrackingRow): Uint8Array {
    const items = row.items.map((item) => [
      item.providerId,
      item.key,
      item.generation,
      item.states,
      insideFields(item),
    ]);
    return encodeValue([row.name, row.ancestors, row.path, items]);
  }

  callKey(id: number, fingerprint: Uint8Array): Uint8Array {
    return this.#key(FAMILY.call, id, fingerprint);
  }

  call(id: number, fingerprint: Uint8Array): CallRow | undefined {
    const value = this.store.get(this.callKey(id, fingerprint));
    if (value === undefined) return undefined;
    const [memo, declared, isAsync] = decodeValue(value) as [MemoFields, CallRow["declared"], boolean];
    return { ...memoRow(memo), declared, isAsync };
  }

  encodeCall(row: CallRow): Uint8Array {
    return encodeValue([memoFields(row), row.declared, row.isAsync]);
  }

  /** All stored calls of a component. */
  *calls(id: number): Iterable<{ readonly key: Uint8Array; readonly fingerprint: Uint8Array }> {
    const prefix = this.#key(FAMILY.call, id);
    for (const { key } of this.store.range(prefix, prefixEnd(prefix))) {
      yield { key, fingerprint: key.subarray(prefix.length) };
    }
  }

  ownerKey(providerId: number, key: Uint8Array): Uint8Array {
    return this.#key(FAMILY.owner, providerId, key);
  }

  /** The id of the component that a target state belongs to. */
  owner(providerId: number, key: Uint8Array): number | undefined {
    const value = this.store.get(this.ownerKey(providerId, key));
    return value === undefined ? undefined : (decodeValue(value) as number);
  }

  encodeOwner(id: number): Uint8Array {
    return encodeValue(id);
  }

  doomedKey(id: number): Uint8Array {
    return this.#key(FAMILY.doomed, id);
  }

  /** The components whose deletion has failed, to be tried again. */
  *doomed(): Iterable<{ readonly id: number; readonly row: DoomedRow }> {
    const prefix = this.#key(FAMILY.doomed);
    for (const { key, value } of this.store.range(prefix, prefixEnd(prefix))) {
      const [path, ancestors, parentPath] = decodeValue(value) as [Uint8Array, number[], Uint8Array];
      yield { id: readId(key, prefix.length), row: { path, ancestors, parentPath } };
    }
  }

  encodeDoomed(row: DoomedRow): Uint8Array {
    return encodeValue([row.path, row.ancestors, row.parentPath]);
  }

  sequenceKey(): Uint8Array {
    return this.#key(FAMILY.sequence);
  }

  /** The first id that has not been given out yet, at the latest. */
  sequence(): number {
    const value = this.store.get(this.sequenceKey());
    return value === undefined ? ROOT_ID + 1 : (decodeValue(value) as number);
  }

  providerKey(path: Uint8Array): Uint8Array {
    return this.#key(FAMILY.provider, undefined, path);
  }

  providerId(path: Uint8Array): number | undefined {
    const value = this.store.get(this.providerKey(path));
    return value === undefined ? undefined : (decodeValue(value) as number);
  }

  providerIdKey(id: number): Uint8Array {
    return this.#key(FAMILY.providerId, id);
  }

  /** The encoded path of a provider: its name, and the keys of the containers down to it. */
  providerPath(id: number): Uint8Array | undefined {
    const value = this.store.get(this.providerIdKey(id));
    return value === undefined ? undefined : (decodeValue(value) as Uint8Array);
  }

  /** The key of an update that has ended; in the order of `startedMs`, milliseconds since 1970. */
  updateKey(startedMs: number, id: string): Uint8Array {
    return this.#key(FAMILY.update, startedMs, Buffer.from(id));
  }

  /** The updates that have ended, oldest first. */
  updates(): Iterable<StateEntry> {
    const prefix = this.#key(FAMILY.update);
    return this.store.range(prefix, prefixEnd(prefix));
  }

  /** Every row of the app, for removing them all. */
  *all(): Iterable<StateEntry> {
    for (const family of Object.values(FAMILY)) {
      if (family === FAMILY.app) continue;
      const prefix = this.#key(family);
      yield* this.store.range(prefix, prefixEnd(prefix));
    }
  }

  #key(family: number, id?: number, tail?: Uint8Array): Uint8Array {
    const size = 5 + (id === undefined ? 0 : 6) + (tail?.length ?? 0);
    const key = Buffer.allocUnsafe(size);
    key[0] = family;
    key.writeUInt32BE(this.appId, 1);
    let length = 5;
    if (id !== undefined) length = key.writeUIntBE(id, length, 6);
    if (tail !== undefined) key.set(tail, length);
    return size <= MAX_KEY_BYTES ? key : shorten(key);
  }
}

/** Whether a path below a parent is too long to be read back from its key. */
export function isLongPath(path: Uint8Array): boolean {
  return path.length + 11 > MAX_KEY_BYTES;
}

export function appKey(name: string): Uint8Array {
  return Buffer.concat([Uint8Array.of(FAMILY.app), encodeKey(name)]);
}

/** The range of all app rows. */
export function appRange(): { readonly start: Uint8Array; readonly end: Uint8Array } {
  return { start: Uint8Array.of(FAMILY.app), end: Uint8Array.of(FAMILY.app + 1) };
}

/** The lowest byte an encoded path can begin with; the root's own row, whose path is empty, sorts before it. */
const FIRST = Uint8Array.of(0);

const DIGEST_BYTES = 32;

function shorten(key: Buffer): Uint8Array {
  const head = key.subarray(0, MAX_KEY_BYTES - DIGEST_BYTES);
  return Buffer.concat([head, hash("sha256", key, "buffer")]);
}

type MemoFields = [Uint8Array, string, readonly unknown[], readonly unknown[]];
type TrackedFields = [number, Uint8Array, number, TrackedItem["states"], readonly [number, number] | null];

function memoFields(memo: MemoRow): MemoFields {
  return [memo.fingerprint, memo.dependencies, memo.states, memo.value];
}

function memoRow([fingerprint, dependencies, states, value]: MemoFields): MemoRow {
  return { fingerprint, dependencies, states, value };
}

function insideFields({ inside }: TrackedItem): TrackedFields[4] {
  return inside === null ? null : [inside.generation, inside.recreatedAt];
}

function trackedItem([providerId, key, generation, states, inside]: TrackedFields): TrackedItem {
  const content = inside === null ? null : { generation: inside[0], recreatedAt: inside[1] };
  return { providerId, key, generation, states, inside: content };
}
