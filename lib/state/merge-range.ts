import { byteString, bytesOfString } from "./byte-string.ts";
import { MAX_KEY_BYTES, type StateEntry } from "./store.ts";
import type { PendingChange } from "./write-queue.ts";

/** Where {@link mergeRange} reads from; each answer is of the moment, and ascending. */
export interface RangeSource {
  /** The stored entries with `start <= key < end`, up to the limits. */
  read(start: Uint8Array, end: Uint8Array, limits: PieceLimits): RangePiece;
  /** The pending changes with `start <= key < end`. */
  findPending(start: Uint8Array, end: Uint8Array): readonly PendingChange[];
}

/** How much is read at a time; the entry that reaches `maxBytes` is included. */
export interface PieceLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** A part of a range, and whether nothing is behind it. */
export interface RangePiece {
  readonly entries: readonly StateEntry[];
  readonly isLast: boolean;
}

const FIRST_ENTRIES = 16;
const MAX_ENTRIES = 512;
const MAX_BYTES = 1024 * 1024;

/**
 * The stored entries of a range with the pending changes applied, read lazily in pieces of growing size.
 *
 * Between two pieces nothing is held: an iteration that is left halfway, or takes an hour, costs the store nothing.
 */
export function mergeRange(start: Uint8Array, end: Uint8Array, source: RangeSource): Iterable<StateEntry> {
  const from = clipBound(start);
  const to = clipBound(end);
  return { [Symbol.iterator]: () => iterate(from, to, source) };
}

function* iterate(start: Uint8Array, end: Uint8Array, source: RangeSource): IterableIterator<StateEntry> {
  let next = start;
  for (let maxEntries = FIRST_ENTRIES; Buffer.compare(next, end) < 0; maxEntries = grow(maxEntries)) {
    const { entries, isLast } = source.read(next, end, { maxEntries, maxBytes: MAX_BYTES });
    const last = entries.at(-1);
    const stop = isLast || last === undefined ? end : successor(last.key);
    yield* merge(entries, source.findPending(next, stop));
    next = stop;
  }
}

function merge(stored: readonly StateEntry[], pending: readonly PendingChange[]): Iterable<StateEntry> {
  if (pending.length === 0) return stored;
  const merged = new Map(stored.map((entry) => [byteString(entry.key), entry]));
  for (const { id, value } of pending) {
    if (value === undefined) merged.delete(id);
    else merged.set(id, { key: bytesOfString(id), value: new Uint8Array(value) });
  }
  const entries = [...merged].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return entries.map(([, entry]) => entry);
}

function grow(maxEntries: number): number {
  return Math.min(maxEntries * 4, MAX_ENTRIES);
}

/** The smallest bytes above `key`. */
function successor(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}

/** A bound that LMDB takes: against keys of at most MAX_KEY_BYTES it is the same as the longer one. */
export function clipBound(bound: Uint8Array): Uint8Array {
  return bound.subarray(0, MAX_KEY_BYTES + 1);
}
