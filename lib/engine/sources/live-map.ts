import { argumentHint } from "../../options/argument-hint.ts";
import { describeValue } from "../../options/describe-value.ts";
import { byteString } from "../../state/byte-string.ts";
import { encodeKey } from "../../state/stable-key.ts";
import type { StableKey } from "../../state/stable-key.ts";
import { Wakeup } from "../../time/wakeup.ts";
import type { LiveMapFeed, LiveMapSubscriber } from "./live-map-feed.ts";

/**
 * A map in memory that `mountEach` can follow: a live run applies each `set` and `delete` as it happens. Keys are compared by value, as
 * component keys are.
 *
 * A subscriber receives the entries of the moment at which it begins to watch, then every changed key with its newest value. Changes
 * that happen while the subscriber is busy are coalesced, deletions first.
 */
export class LiveMap<K extends StableKey = StableKey, V = unknown>
  implements LiveMapFeed<K, V>, Iterable<readonly [K, V]>
{
  readonly #entries = new Map<string, readonly [K, V]>();
  readonly #watchers = new Set<Changes<K>>();

  constructor(entries: Iterable<readonly [K, V]> = []) {
    if (typeof (entries as Partial<typeof entries> | null)?.[Symbol.iterator] !== "function") {
      const got = `${describeValue(entries)}${argumentHint(entries)}`;
      throw new TypeError(`Cannot make a LiveMap: the entries must be an iterable of [key, value], got ${got}`);
    }
    for (const [key, value] of entries) this.set(key, value);
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: K): boolean {
    return this.#entries.has(idOf(key));
  }

  get(key: K): V | undefined {
    return this.#entries.get(idOf(key))?.[1];
  }

  /** Sets the value of a key. An equal primitive value is no change; an object always is one, because it may have been altered. */
  set(key: K, value: V): this {
    const id = idOf(key);
    const present = this.#entries.get(id);
    if (present !== undefined && Object.is(present[1], value) && isPrimitive(value)) return this;
    this.#entries.set(id, [key, value]);
    this.#tell(id, key);
    return this;
  }

  /** Deletes a key; returns whether the map had it. */
  delete(key: K): boolean {
    const id = idOf(key);
    if (!this.#entries.delete(id)) return false;
    this.#tell(id, key);
    return true;
  }

  clear(): void {
    for (const [key] of this) this.delete(key);
  }

  /** The entries of this moment, in the order in which their keys were first set. */
  [Symbol.iterator](): Iterator<readonly [K, V]> {
    return [...this.#entries.values()][Symbol.iterator]();
  }

  async watch(subscriber: LiveMapSubscriber<K, V>): Promise<void> {
    const changes = new Changes<K>();
    this.#watchers.add(changes);
    try {
      await subscriber.updateAll([...this]);
      await subscriber.markReady();
      for (;;) await this.#apply(await changes.take(subscriber.signal), subscriber);
    } finally {
      this.#watchers.delete(changes);
    }
  }

  async #apply(changes: ReadonlyMap<string, Change<K>>, subscriber: LiveMapSubscriber<K, V>): Promise<void> {
    for (const [id, { at, key }] of changes) if (!this.#entries.has(id)) await subscriber.delete(key, { at });
    for (const [id, { at, key }] of changes) {
      const entry = this.#entries.get(id);
      if (entry !== undefined) await subscriber.update(key, entry[1], { at });
    }
  }

  #tell(id: string, key: K): void {
    for (const watcher of this.#watchers) watcher.add(id, key);
  }
}

interface Change<K> {
  readonly key: K;
  readonly at: Date;
}

/** The keys that have changed since a watcher last took them. */
class Changes<K> {
  #waiting = new Map<string, Change<K>>();
  readonly #wakeup = new Wakeup();

  add(id: string, key: K): void {
    // The lag of a key is measured from its first change.
    if (!this.#waiting.has(id)) this.#waiting.set(id, { key, at: new Date() });
    this.#wakeup.wake();
  }

  /** Waits for changes, and removes and returns them; rejects with the reason of `signal` when that is aborted. */
  async take(signal: AbortSignal): Promise<ReadonlyMap<string, Change<K>>> {
    while (this.#waiting.size === 0) await this.#wakeup.wait(signal);
    signal.throwIfAborted();
    const taken = this.#waiting;
    this.#waiting = new Map();
    return taken;
  }
}

function idOf(key: StableKey): string {
  return byteString(encodeKey(key));
}

function isPrimitive(value: unknown): boolean {
  return (typeof value !== "object" || value === null) && typeof value !== "function";
}
