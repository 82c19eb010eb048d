import { byteString } from "../../state/byte-string.ts";
import { encodeKey } from "../../state/stable-key.ts";
import type { StableKey } from "../../state/stable-key.ts";
import type { LiveMapFeed, LiveMapSubscriber } from "./live-map-feed.ts";

/**
 * A map in memory that `mountEach` can follow: in a live run, what is set and deleted is worked off as it happens. Keys are compared by
 * value, as those of components are.
 *
 * A subscriber is told what the map held when it began to watch, then every key that changed since, with its newest value; what
 * changes while it is busy is told once, deletions first.
 */
export class LiveMap<K extends StableKey = StableKey, V = unknown>
  implements LiveMapFeed<K, V>, Iterable<readonly [K, V]>
{
  readonly #entries = new Map<string, readonly [K, V]>();
  readonly #watchers = new Set<Changes<K>>();

  constructor(entries: Iterable<readonly [K, V]> = []) {
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

  /** Setting the primitive value that is there already changes nothing; an object counts as changed, for it may have been altered. */
  set(key: K, value: V): this {
    const id = idOf(key);
    const present = this.#entries.get(id);
    if (present !== undefined && Object.is(present[1], value) && isPrimitive(value)) return this;
    this.#entries.set(id, [key, value]);
    this.#tell(id, key);
    return this;
  }

  /** Gives whether there was anything to delete. */
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
    using changes = new Changes<K>(subscriber.signal, (watcher) => this.#watchers.delete(watcher));
    this.#watchers.add(changes);
    await subscriber.updateAll([...this]);
    await subscriber.markReady();
    for (;;) {
      await changes.wait();
      const taken = changes.take();
      for (const [id, { at, key }] of taken) if (!this.#entries.has(id)) await subscriber.delete(key, { at });
      for (const [id, { at, key }] of taken) {
        const entry = this.#entries.get(id);
        if (entry !== undefined) await subscriber.update(key, entry[1], { at });
      }
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

/** The keys that have changed since a watcher was told last. */
class Changes<K> implements Disposable {
  readonly #signal: AbortSignal;
  readonly #onDispose: (changes: Changes<K>) => void;
  #waiting = new Map<string, Change<K>>();
  #wake: (() => void) | undefined;
  readonly #onAbort = (): void => this.#wake?.();

  constructor(signal: AbortSignal, onDispose: (changes: Changes<K>) => void) {
    this.#signal = signal;
    this.#onDispose = onDispose;
    signal.addEventListener("abort", this.#onAbort);
  }

  add(id: string, key: K): void {
    // What has changed twice is as late as its first change.
    if (!this.#waiting.has(id)) this.#waiting.set(id, { key, at: new Date() });
    this.#wake?.();
  }

  /** Resolves when there is a change; rejects with the reason when the signal is aborted. */
  async wait(): Promise<void> {
    while (this.#waiting.size === 0 && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#signal.throwIfAborted();
  }

  /** Gives the changes, and forgets them. */
  take(): ReadonlyMap<string, Change<K>> {
    const taken = this.#waiting;
    this.#waiting = new Map();
    return taken;
  }

  [Symbol.dispose](): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#onDispose(this);
  }
}

function idOf(key: StableKey): string {
  return byteString(encodeKey(key));
}

function isPrimitive(value: unknown): boolean {
  return (typeof value !== "object" || value === null) && typeof value !== "function";
}
