import type { StableKey } from "../../state/stable-key.ts";
import type { MountHandle } from "../run/mount-handle.ts";

/** Items as a source lists them: each with the key that stays the same while the item is the same. */
export type LiveMapItems<K extends StableKey = StableKey, V = unknown> =
  Iterable<readonly [K, V]> | AsyncIterable<readonly [K, V]>;

/** What a source may tell of a change. */
export interface LiveMapChange {
  /** When it happened, as far as the source knows; how far a run is behind is told from this. @default now */
  readonly at?: Date;
}

/**
 * A source that tells of its changes as they happen. `mountEach` takes one in place of its items: in a live run it calls `watch` and
 * follows it until the run ends.
 */
export interface LiveMapFeed<K extends StableKey = StableKey, V = unknown> {
  /**
   * Tells `subscriber` what there is and what changes, until `subscriber.signal` is aborted; then releases what it holds and ends, by
   * returning or by throwing. In this order, so that nothing is missed: begin to listen, `updateAll`, `markReady`, then each change.
   * Of a burst of changes, the deletions come first: what is gone makes room for what has come.
   *
   * Returning before the signal is aborted says that there will be no more changes: what was mounted stays. Throwing says that the
   * source has failed: the failure is reported, and after a pause `watch` is called again, which must begin anew with `updateAll`,
   * because changes may have been missed. The pauses grow while it goes on failing.
   *
   * May be called by several subscribers at once.
   */
  watch(subscriber: LiveMapSubscriber<K, V>): Promise<void>;
}

/**
 * A source that can also be listed. In a run that is not live, `mountEach` lists it once and never calls `watch`; both ways must
 * give the same keys and equal values.
 */
export type LiveMapView<K extends StableKey = StableKey, V = unknown> = LiveMapFeed<K, V> & LiveMapItems<K, V>;

/**
 * What a source tells its news to. Operations on one key run one at a time, and of those that wait the newest wins; `updateAll` comes
 * after all that were asked for before it, and before all that are asked for later. Once `signal` is aborted, every method rejects with
 * its reason; such a rejection may be ignored.
 */
export interface LiveMapSubscriber<K extends StableKey = StableKey, V = unknown> {
  /** Aborted when nobody wants to hear more: the run ends, or what mounted the source is run again or removed. */
  readonly signal: AbortSignal;
  /**
   * Takes stock: mounts every one of `items`, which count as unchanged where their memos hold, and deletes whatever else the source had
   * before. Resolves when all of that is applied. When listing throws, nothing is deleted, and that error is thrown here.
   *
   * `items` is the source itself unless given; a feed that cannot be listed has to give them.
   */
  updateAll(items?: LiveMapItems<K, V>, change?: LiveMapChange): Promise<void>;
  /**
   * Mounts the item with this key, again or for the first time. Resolves when that has begun or waits its turn: await it before telling
   * the next change, which holds back a burst while all slots are taken. `ready()` of the handle resolves when it is applied, or a
   * newer operation on the key has taken its place; it throws only what the exception handlers threw.
   */
  update(key: K, value: V, change?: LiveMapChange): Promise<MountHandle>;
  /** Removes the item with this key and all that it has outside; nothing happens if there is none. Otherwise as {@link update}. */
  delete(key: K, change?: LiveMapChange): Promise<MountHandle>;
  /**
   * Says that what there was at the beginning has been told: once it is applied, the source is caught up. In a run that is not live that
   * is all that is wanted: the signal is aborted, and this rejects with its reason. Calling it again does nothing.
   */
  markReady(): Promise<void>;
  /** Reports a failure that the source can go on after, as if a component had failed: to the exception handlers and `failures()`. */
  reportException(error: unknown): Promise<void>;
}

/** Whether `items` tell of their changes. */
export function isLiveMapFeed(items: unknown): items is LiveMapFeed {
  return typeof items === "object" && items !== null && "watch" in items && typeof items.watch === "function";
}
