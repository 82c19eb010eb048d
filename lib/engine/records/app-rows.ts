import { decodeValue } from "../../state/codec.ts";
import { prefixEnd } from "../../state/stable-key.ts";
import type { StateChange, StateEntry, StateStore } from "../../state/store.ts";
import { decodeCallRow, encodeCallRow } from "./call-row.ts";
import { decodeChildRow, encodeChildRow, readChildId, readId } from "./child-row.ts";
import { decodePendingDeletion, encodePendingDeletion } from "./pending-deletion-row.ts";
import { decodeProviderRow, encodeProviderRow, type ProviderRow } from "./provider-row.ts";
import { putRow, putValue, removeRow } from "./row-change.ts";
import { decodeRow, type RowFormat } from "./row-envelope.ts";
import { APP_FAMILIES, createRowKey, FAMILY, LONG_KEY_HEAD_BYTES, type Family } from "./row-keys.ts";
import {
  ROOT_ID,
  type CallRow,
  type ChildRow,
  type PendingDeletionRow,
  type StateName,
  type TrackingRow,
} from "./row.ts";
import { RowWriter } from "./row-writer.ts";
import { StateRows, type OwnerValue } from "./state-rows.ts";
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
  readonly store: StateStore;
  readonly appId: number;
  /** Its target states as a whole, and those that were given up. */
  readonly states: StateRows;
  readonly writer: RowWriter;

  constructor(store: StateStore, appId: number) {
    this.store = store;
    this.writer = new RowWriter(store);
    this.appId = appId;
    this.states = new StateRows(store, appId);
  }

  /** Writes changes in one transaction; see {@link RowWriter}. */
  write(changes: readonly StateChange[]): Promise<void> {
    return this.writer.write(changes);
  }

  /** Reads the row of a child by its encoded path below its parent. */
  child(parentId: number, path: Uint8Array): ChildRow | undefined {
    const key = this.#childKey(parentId, path);
    const value = this.store.get(key);
    return value === undefined ? undefined : decodeChildRow(key, value);
  }

  putChild(parentId: number, path: Uint8Array, row: ChildRow): StateChange {
    return putRow(this.#childKey(parentId, path), encodeChildRow(row));
  }

  removeChild(parentId: number, path: Uint8Array): StateChange {
    return removeRow(this.#childKey(parentId, path));
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
    for (const { key, value } of this.store.range(start, prefixEnd(head))) {
      if (except?.has(readChildId(key, value)) === true) continue;
      const row = decodeChildRow(key, value);
      const path = row.longPath ?? key.subarray(prefix.length);
      if (Buffer.compare(path.subarray(0, within.length), within) === 0) yield { path, row };
    }
  }

  /** Counts the children of a component. */
  numChildren(parentId: number): number {
    const prefix = this.#key(FAMILY.child, parentId);
    return this.store.count(Buffer.concat([prefix, FIRST_PATH_BYTE]), prefixEnd(prefix));
  }

  /** Lists the ids of the children of a component. */
  *childIds(parentId: number): Iterable<number> {
    const prefix = this.#key(FAMILY.child, parentId);
    const range = this.store.range(Buffer.concat([prefix, FIRST_PATH_BYTE]), prefixEnd(prefix));
    for (const { key, value } of range) yield readChildId(key, value);
  }

  /** Reads the target states that a component owns. */
  tracking(id: number): TrackingRow | undefined {
    return this.#read(this.#key(FAMILY.tracking, id), decodeTrackingRow);
  }

  putTracking(id: number, row: TrackingRow): StateChange {
    return putRow(this.#key(FAMILY.tracking, id), encodeTrackingRow(row));
  }

  removeTracking(id: number): StateChange {
    return removeRow(this.#key(FAMILY.tracking, id));
  }

  /** Reads the stored result of a memoized call of a component. */
  call(id: number, fingerprint: Uint8Array): CallRow | undefined {
    return this.#read(this.#key(FAMILY.call, id, fingerprint), decodeCallRow);
  }

  /** Whether the stored calls of a component are of the first format; one commit rewrites or removes all of them. */
  hasFormatOneCalls(id: number): boolean {
    const prefix = this.#key(FAMILY.call, id);
    const [first] = this.store.range(prefix, prefixEnd(prefix));
    return first !== undefined && decodeRow(first.key, first.value, decodeCallRow).format === 1;
  }

  putCall(id: number, row: CallRow): StateChange {
    return putRow(this.#key(FAMILY.call, id, row.fingerprint), encodeCallRow(row));
  }

  /** Returns the removals of a component's stored calls whose fingerprints are not to be `kept`. */
  removeCalls(id: number, kept: (fingerprint: Uint8Array) => boolean = () => false): StateChange[] {
    const prefix = this.#key(FAMILY.call, id);
    return [...this.store.range(prefix, prefixEnd(prefix))]
      .filter(({ key }) => !kept(key.subarray(prefix.length)))
      .map(({ key }) => removeRow(key));
  }

  /** Reads the id of the component that owns a target state. */
  owner(providerId: number, key: Uint8Array): number | undefined {
    const value = this.#ownerValue(providerId, key);
    return typeof value === "number" ? value : undefined;
  }

  /** Reads the name under which a target state that was taken from the app, or from this name of it, is owned now. */
  taker(providerId: number, key: Uint8Array): StateName | undefined {
    const value = this.#ownerValue(providerId, key);
    if (value === undefined || typeof value === "number") return undefined;
    const [appId, takerProvider, takerKey] = value;
    return { appId, providerId: takerProvider, key: takerKey };
  }

  putTaker(providerId: number, key: Uint8Array, taker: StateName): StateChange {
    const value: OwnerValue = [taker.appId, taker.providerId, taker.key];
    return putValue(this.#key(FAMILY.owner, providerId, key), value);
  }

  /** Lists the ids of the components that own target states of a provider. */
  ownersIn(providerId: number): ReadonlySet<number> {
    const prefix = this.#key(FAMILY.owner, providerId);
    const owners = [...this.store.range(prefix, prefixEnd(prefix))].map(({ key, value }) => {
      return decodeRow(key, value, decodeValue) as OwnerValue;
    });
    return new Set(owners.filter((owner) => typeof owner === "number"));
  }

  putOwner(providerId: number, key: Uint8Array, id: number): StateChange {
    return putValue(this.#key(FAMILY.owner, providerId, key), id);
  }

  removeOwner(providerId: number, key: Uint8Array): StateChange {
    return removeRow(this.#key(FAMILY.owner, providerId, key));
  }

  /** Lists the components whose deletion has failed and is to be retried. */
  *pendingDeletions(): Iterable<{ readonly id: number; readonly row: PendingDeletionRow }> {
    const prefix = this.#key(FAMILY.pendingDeletion);
    for (const { key, value } of this.store.range(prefix, prefixEnd(prefix))) {
      yield { id: readId(key, prefix.length), row: decodeRow(key, value, decodePendingDeletion) };
    }
  }

  putPendingDeletion(id: number, row: PendingDeletionRow): StateChange {
    return putRow(this.#key(FAMILY.pendingDeletion, id), encodePendingDeletion(row));
  }

  removePendingDeletion(id: number): StateChange {
    return removeRow(this.#key(FAMILY.pendingDeletion, id));
  }

  /** Reads the first id that was never reserved. */
  sequence(): number {
    return (this.#readValue(this.#key(FAMILY.sequence)) as number | undefined) ?? ROOT_ID + 1;
  }

  putSequence(next: number): StateChange {
    return putValue(this.#key(FAMILY.sequence), next);
  }

  /** Reads the id of a provider by its encoded path: its name, and the keys of the containers down to it. */
  providerId(path: Uint8Array): number | undefined {
    return this.#readValue(this.#key(FAMILY.provider, undefined, path)) as number | undefined;
  }

  /** Reads the encoded path of a provider. */
  providerPath(id: number): Uint8Array | undefined {
    return this.#read(this.#key(FAMILY.providerId, id), decodeProviderRow)?.path;
  }

  /** Reads the tokens that a container had under its earlier paths: dependencies of older memos name it so. */
  formerTokens(id: number): readonly string[] {
    return this.#read(this.#key(FAMILY.providerId, id), decodeProviderRow)?.formerTokens ?? [];
  }

  /** Lists the providers of the app, in the order in which they were stored. */
  *providers(): Iterable<ProviderRow & { readonly id: number }> {
    const prefix = this.#key(FAMILY.providerId);
    for (const { key, value } of this.store.range(prefix, prefixEnd(prefix))) {
      yield { id: readId(key, prefix.length), ...decodeRow(key, value, decodeProviderRow) };
    }
  }

  /** Returns the changes that store a provider in both directions. */
  putProvider(id: number, path: Uint8Array, formerTokens: readonly string[] = []): StateChange[] {
    return [
      putValue(this.#key(FAMILY.provider, undefined, path), id),
      putRow(this.#key(FAMILY.providerId, id), encodeProviderRow({ path, formerTokens })),
    ];
  }

  /** Returns the change that removes the way from a path to its provider. */
  removeProviderPath(path: Uint8Array): StateChange {
    return removeRow(this.#key(FAMILY.provider, undefined, path));
  }

  /** Returns the changes that remove a provider. */
  removeProvider(id: number, path: Uint8Array): StateChange[] {
    return [this.removeProviderPath(path), removeRow(this.#key(FAMILY.providerId, id))];
  }

  /** Lists the stored records of ended updates, oldest first. */
  *updates(): Iterable<string> {
    for (const { key, value } of this.#updateEntries()) yield decodeRow(key, value, decodeValue) as string;
  }

  /**
   * Returns the changes that store the record of an ended update as the newest and remove the oldest, so that `numKept` are left. Records are
   * ordered by a counter, because a clock may be set back. It goes on from the newest record: version 0.1 counted the milliseconds since 1970.
   */
  addUpdate(id: string, record: string, numKept: number): StateChange[] {
    const keys = [...this.#updateEntries()].map(({ key }) => key);
    const newest = keys.at(-1);
    const number = newest === undefined ? 0 : readId(newest, this.#key(FAMILY.update).length) + 1;
    const outdated = keys.slice(0, Math.max(0, keys.length + 1 - numKept));
    return [...outdated.map(removeRow), putValue(this.#key(FAMILY.update, number, Buffer.from(id)), record)];
  }

  /** Returns the removals of all rows of the app, read lazily. */
  *removeAll(): Iterable<StateChange> {
    for (const family of APP_FAMILIES) {
      const prefix = this.#key(family);
      for (const { key } of this.store.range(prefix, prefixEnd(prefix))) yield removeRow(key);
    }
  }

  #updateEntries(): Iterable<StateEntry> {
    const prefix = this.#key(FAMILY.update);
    return this.store.range(prefix, prefixEnd(prefix));
  }

  #ownerValue(providerId: number, key: Uint8Array): OwnerValue | undefined {
    return this.#readValue(this.#key(FAMILY.owner, providerId, key)) as OwnerValue | undefined;
  }

  #read<T>(key: Uint8Array, decode: (body: Uint8Array, format: RowFormat) => T): T | undefined {
    const value = this.store.get(key);
    return value === undefined ? undefined : decodeRow(key, value, decode);
  }

  #readValue(key: Uint8Array): unknown {
    return this.#read(key, decodeValue);
  }

  #childKey(parentId: number, path: Uint8Array): Uint8Array {
    return this.#key(FAMILY.child, parentId, path);
  }

  #key(family: Family, id?: number, tail?: Uint8Array): Uint8Array {
    return createRowKey(this.appId, family, id, tail);
  }
}
