import { decodeValue, encodeValue } from "../../state/codec.ts";
import { prefixEnd } from "../../state/stable-key.ts";
import type { StateChange, StateEntry, StateStore } from "../../state/store.ts";
import { decodeCallRow, encodeCallRow } from "./call-row.ts";
import { decodeChildRow, encodeChildRow, readId } from "./child-row.ts";
import { APP_FAMILIES, createRowKey, FAMILY, LONG_KEY_HEAD_BYTES } from "./row-keys.ts";
import { ROOT_ID, type CallRow, type ChildRow, type PendingDeletionRow, type TrackingRow } from "./row.ts";
import { decodeTrackingRow, encodeTrackingRow } from "./tracking-row.ts";

/** Options of {@link AppRows.children}. */
export interface ChildrenOptions {
  /** Lists only children after this path. */
  readonly after?: Uint8Array | undefined;
  /** Lists only children whose paths begin with these bytes. */
  readonly within?: Uint8Array | undefined;
  /** Leaves these ids out. */
  readonly except?: { has(id: number): boolean };
}

/** The lowest byte that an encoded path can begin with; the root's own row, whose path is empty, sorts before it. */
const FIRST_PATH_BYTE = Uint8Array.of(0);

/**
 * The rows of one app. Reads are synchronous. A `put…` or `remove…` method returns the change to {@link write}, so that several
 * changes can be written in one transaction.
 */
export class AppRows {
  readonly #store: StateStore;
  readonly #appId: number;

  constructor(store: StateStore, appId: number) {
    this.#store = store;
    this.#appId = appId;
  }

  /** Writes changes in one transaction; see {@link StateStore.write}. */
  write(changes: readonly StateChange[]): Promise<void> {
    return this.#store.write(changes);
  }

  /** Reads the row of a child by its encoded path below its parent. */
  child(parentId: number, path: Uint8Array): ChildRow | undefined {
    const value = this.#store.get(this.#childKey(parentId, path));
    return value === undefined ? undefined : decodeChildRow(value);
  }

  putChild(parentId: number, path: Uint8Array, row: ChildRow): StateChange {
    return { key: this.#childKey(parentId, path), value: encodeChildRow(row) };
  }

  removeChild(parentId: number, path: Uint8Array): StateChange {
    return removal(this.#childKey(parentId, path));
  }

  /** Lists the children of a component, each with its path below it, in the order of their paths. */
  *children(
    parentId: number,
    options: ChildrenOptions = {},
  ): Iterable<{ readonly path: Uint8Array; readonly row: ChildRow }> {
    const { after, except, within = new Uint8Array() } = options;
    const prefix = this.#key(FAMILY.child, parentId);
    const head = this.#childKey(parentId, within).subarray(0, LONG_KEY_HEAD_BYTES);
    const first = within.length === 0 ? Buffer.concat([head, FIRST_PATH_BYTE]) : head;
    const start = after === undefined ? first : Buffer.concat([this.#childKey(parentId, after), FIRST_PATH_BYTE]);
    for (const { key, value } of this.#store.range(start, prefixEnd(head))) {
      if (except?.has(readId(value)) === true) continue;
      const row = decodeChildRow(value);
      const path = row.longPath ?? key.subarray(prefix.length);
      if (Buffer.compare(path.subarray(0, within.length), within) === 0) yield { path, row };
    }
  }

  /** Counts the children of a component. */
  numChildren(parentId: number): number {
    const prefix = this.#key(FAMILY.child, parentId);
    return this.#store.count(Buffer.concat([prefix, FIRST_PATH_BYTE]), prefixEnd(prefix));
  }

  /** Lists the ids of the children of a component. */
  *childIds(parentId: number): Iterable<number> {
    const prefix = this.#key(FAMILY.child, parentId);
    const range = this.#store.range(Buffer.concat([prefix, FIRST_PATH_BYTE]), prefixEnd(prefix));
    for (const { value } of range) yield readId(value);
  }

  /** Reads the target states that a component owns. */
  tracking(id: number): TrackingRow | undefined {
    const value = this.#store.get(this.#key(FAMILY.tracking, id));
    return value === undefined ? undefined : decodeTrackingRow(value);
  }

  putTracking(id: number, row: TrackingRow): StateChange {
    return { key: this.#key(FAMILY.tracking, id), value: encodeTrackingRow(row) };
  }

  removeTracking(id: number): StateChange {
    return removal(this.#key(FAMILY.tracking, id));
  }

  /** Reads the stored result of a memoized call of a component. */
  call(id: number, fingerprint: Uint8Array): CallRow | undefined {
    const value = this.#store.get(this.#key(FAMILY.call, id, fingerprint));
    return value === undefined ? undefined : decodeCallRow(value);
  }

  /** Whether the stored calls of a component are of the first format; one commit rewrites or removes all of them. */
  hasFormatOneCalls(id: number): boolean {
    const prefix = this.#key(FAMILY.call, id);
    for (const { value } of this.#store.range(prefix, prefixEnd(prefix))) return decodeCallRow(value).format === 1;
    return false;
  }

  putCall(id: number, row: CallRow): StateChange {
    return { key: this.#key(FAMILY.call, id, row.fingerprint), value: encodeCallRow(row) };
  }

  /** Returns the removals of a component's stored calls whose fingerprints are not to be `kept`. */
  removeCalls(id: number, kept: (fingerprint: Uint8Array) => boolean = () => false): StateChange[] {
    const prefix = this.#key(FAMILY.call, id);
    return [...this.#store.range(prefix, prefixEnd(prefix))]
      .filter(({ key }) => !kept(key.subarray(prefix.length)))
      .map(({ key }) => removal(key));
  }

  /** Reads the id of the component that owns a target state. */
  owner(providerId: number, key: Uint8Array): number | undefined {
    const value = this.#store.get(this.#key(FAMILY.owner, providerId, key));
    return value === undefined ? undefined : (decodeValue(value) as number);
  }

  putOwner(providerId: number, key: Uint8Array, id: number): StateChange {
    return { key: this.#key(FAMILY.owner, providerId, key), value: encodeValue(id) };
  }

  removeOwner(providerId: number, key: Uint8Array): StateChange {
    return removal(this.#key(FAMILY.owner, providerId, key));
  }

  /** Lists the components whose deletion has failed and is to be retried. */
  *pendingDeletions(): Iterable<{ readonly id: number; readonly row: PendingDeletionRow }> {
    const prefix = this.#key(FAMILY.pendingDeletion);
    for (const { key, value } of this.#store.range(prefix, prefixEnd(prefix))) {
      const [path, ancestors, parentPath] = decodeValue(value) as [Uint8Array, number[], Uint8Array];
      yield { id: readId(key, prefix.length), row: { path, ancestors, parentPath } };
    }
  }

  putPendingDeletion(id: number, { ancestors, parentPath, path }: PendingDeletionRow): StateChange {
    return { key: this.#key(FAMILY.pendingDeletion, id), value: encodeValue([path, ancestors, parentPath]) };
  }

  removePendingDeletion(id: number): StateChange {
    return removal(this.#key(FAMILY.pendingDeletion, id));
  }

  /** Reads the first id that was never reserved. */
  sequence(): number {
    const value = this.#store.get(this.#key(FAMILY.sequence));
    return value === undefined ? ROOT_ID + 1 : (decodeValue(value) as number);
  }

  putSequence(next: number): StateChange {
    return { key: this.#key(FAMILY.sequence), value: encodeValue(next) };
  }

  /** Reads the id of a provider by its encoded path: its name, and the keys of the containers down to it. */
  providerId(path: Uint8Array): number | undefined {
    const value = this.#store.get(this.#key(FAMILY.provider, undefined, path));
    return value === undefined ? undefined : (decodeValue(value) as number);
  }

  /** Reads the encoded path of a provider. */
  providerPath(id: number): Uint8Array | undefined {
    const value = this.#store.get(this.#key(FAMILY.providerId, id));
    return value === undefined ? undefined : (decodeValue(value) as Uint8Array);
  }

  /** Returns the changes that store a provider in both directions. */
  putProvider(id: number, path: Uint8Array): StateChange[] {
    return [
      { key: this.#key(FAMILY.provider, undefined, path), value: encodeValue(id) },
      { key: this.#key(FAMILY.providerId, id), value: encodeValue(path) },
    ];
  }

  /** Lists the stored records of ended updates, oldest first. */
  *updates(): Iterable<string> {
    for (const { value } of this.#updateEntries()) yield decodeValue(value) as string;
  }

  /** Returns the removals of the oldest records of ended updates, so that `numKept` are left. */
  removeOldUpdates(numKept: number): StateChange[] {
    const keys = [...this.#updateEntries()].map(({ key }) => key);
    return keys.slice(0, Math.max(0, keys.length - numKept)).map(removal);
  }

  /** `startedMs` (milliseconds since 1970) and the id order the records. */
  putUpdate(startedMs: number, id: string, record: string): StateChange {
    return { key: this.#key(FAMILY.update, startedMs, Buffer.from(id)), value: encodeValue(record) };
  }

  /** Returns the removals of all rows of the app, read lazily. */
  *removeAll(): Iterable<StateChange> {
    for (const family of APP_FAMILIES) {
      const prefix = this.#key(family);
      for (const { key } of this.#store.range(prefix, prefixEnd(prefix))) yield removal(key);
    }
  }

  #updateEntries(): Iterable<StateEntry> {
    const prefix = this.#key(FAMILY.update);
    return this.#store.range(prefix, prefixEnd(prefix));
  }

  #childKey(parentId: number, path: Uint8Array): Uint8Array {
    return this.#key(FAMILY.child, parentId, path);
  }

  #key(family: (typeof FAMILY)[keyof typeof FAMILY], id?: number, tail?: Uint8Array): Uint8Array {
    return createRowKey(this.#appId, family, id, tail);
  }
}

function removal(key: Uint8Array): StateChange {
  return { key, value: undefined };
}
