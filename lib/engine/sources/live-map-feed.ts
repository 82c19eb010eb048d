import type { StableKey } from "../../state/stable-key.ts";
import type { MountHandle } from "../run/mount-handle.ts";

/** The items of a source, each with a key that identifies the item across runs. */
export type LiveMapItems<K extends StableKey = StableKey, V = unknown> =
  Iterable<readonly [K, V]> | AsyncIterable<readonly [K, V]>;

/** Facts about a change that a source may give. */
export interface LiveMapChange {
  /** When the change happened, as far as the source knows; the lag of a run is measured from it. @default now */
  readonly at?: Date;
}

/** A source that reports its changes as they happen. `mountEach` takes a feed in place of items, and a live run follows it. */
export interface LiveMapFeed<K extends StableKey = StableKey, V = unknown> {
  /**
   * Reports items and changes to `subscriber` until `subscriber.signal` is aborted; then releases its resources, and returns or throws.
   * The order makes sure that no change is missed: begin to listen, call `updateAll`, call `markReady`, then report each change. In a
   * burst of changes the deletions come first, so that deleted items make room for new ones.
   *
   * Returning before the abort ends the changes of the source: its components stay mounted. Throwing before the abort is a failure: it
   * is reported, and `watch` is called again with exponential backoff. That call must begin with `updateAll` again, because changes may
   * have been missed.
   *
   * Several subscribers may watch at once.
   */
  watch(subscriber: LiveMapSubscriber<K, V>): Promise<void>;
}

/**
 * A source that can also be listed. In a run that is not live, `mountEach` lists it once and never calls `watch`; both ways must
 * give the same keys and equal values.
 */
export type LiveMapView<K extends StableKey = StableKey, V = unknown> = LiveMapFeed<K, V> & LiveMapItems<K, V>;

/**
 * The receiver of a source's items and changes. Operations on one key run one at a time, and the newest waiting one supersedes the
 * others. `updateAll` runs after all operations called before it, and before all called later. Once `signal` is aborted, every method
 * rejects with its reason; such a rejection may be ignored.
 */
export interface LiveMapSubscriber<K extends StableKey = StableKey, V = unknown> {
  /** Aborted when the run ends, or when the component that follows the source is executed again or removed. */
  readonly signal: AbortSignal;
  /**
   * Mounts every item of `items`, with a memo hit for each unchanged one, and deletes all other items that the source had before.
   * Resolves when everything is applied. When listing throws, nothing is deleted, and this method rejects with that error; with a
   * TidemarkError `COMPONENT_PATH_TAKEN` when a key comes twice.
   *
   * By default, `items` is the source itself; a feed that cannot be listed has to give them.
   */
  updateAll(items?: LiveMapItems<K, V>, change?: LiveMapChange): Promise<void>;
  /**
   * Mounts the item with this key, again or for the first time. Resolves when the operation has begun or waits for its turn: await it
   * before the next change, for backpressure while all slots are taken. `ready()` of the handle resolves when the operation is applied,
   * or superseded by a newer one on the key; it rejects only with an error that the exception handlers throw.
   */
  update(key: K, value: V, change?: LiveMapChange): Promise<MountHandle>;
  /** Removes the item with this key and all of its target states; without such an item, does nothing. Otherwise as {@link update}. */
  delete(key: K, change?: LiveMapChange): Promise<MountHandle>;
  /**
   * Marks the end of the initial operations: once they are applied, the source has caught up. A run that is not live ends the source
   * then: the signal is aborted, and this method rejects with its reason. Calling it again does nothing.
   */
  markReady(): Promise<void>;
  /** Reports a failure that does not end the source, as for a failed component: to the exception handlers and `failures()`. */
  reportException(error: unknown): Promise<void>;
}

/** Whether `items` is a feed. */
export function isLiveMapFeed(items: unknown): items is LiveMapFeed {
  return typeof items === "object" && items !== null && "watch" in items && typeof items.watch === "function";
}
