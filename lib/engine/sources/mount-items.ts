import { argumentHint } from "../../options/argument-hint.ts";
import type { StableKey } from "../../state/stable-key.ts";
import { isLiveMapFeed, type LiveMapFeed, type LiveMapItems } from "./live-map-feed.ts";

/** The items of `mountEach`, each with a key that identifies the item across runs, or a feed of them. */
export type MountItems<V> =
  Iterable<readonly [StableKey, V]> | AsyncIterable<readonly [StableKey, V]> | LiveMapFeed<StableKey, V>;

/** Whether `items` can be iterated over. */
export function isListable(items: unknown): items is LiveMapItems {
  return typeof items === "object" && items !== null && (Symbol.iterator in items || Symbol.asyncIterator in items);
}

/** Throws unless `items` can be iterated over or is a feed. */
export function requireItems(items: unknown): asserts items is MountItems<unknown> {
  if (isListable(items) || isLiveMapFeed(items)) return;
  throw new TypeError(
    `Cannot mount components: the items must be an iterable or async iterable of [key, value], got ${items === null ? "null" : typeof items}${argumentHint(items)}`,
  );
}

/** Checks that an item is a pair, and its value no promise. */
export function readItem(item: unknown): readonly [StableKey, unknown] {
  if (!Array.isArray(item)) {
    const got = `${typeof item}${argumentHint(item)}`;
    throw new TypeError(`Cannot mount components: each item must be a [key, value] pair, got ${got}`);
  }
  requireSettledValue(item[1]);
  return item as unknown as readonly [StableKey, unknown];
}

/** Throws for an item whose value is a promise: if it rejects while the item waits for a slot, it ends the process. */
export function requireSettledValue(value: unknown): void {
  if (!(value instanceof Promise)) return;
  throw new TypeError(
    `Cannot mount components: the value of each item must be there, got a promise${argumentHint(value)}`,
  );
}
