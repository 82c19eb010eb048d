import { encodeKey, joinPaths } from "../state/stable-key.ts";
import type { StableKey } from "../state/stable-key.ts";
import type { Mounting, Place } from "./component.ts";
import { ItemFingerprints } from "./item-fingerprints.ts";
import type { Frame } from "./frame.ts";
import type { FunctionInfo } from "./function-info.ts";
import { MountHandle } from "./mount-handle.ts";
import { admit, adoptChild, requireMountable, runInBackground } from "./start.ts";

/** The items of `mountEach`: each with the key that stays the same while the item is the same. */
export type MountItems<V> = Iterable<readonly [StableKey, V]> | AsyncIterable<readonly [StableKey, V]>;

/** Throws unless `items` can be iterated over. */
export function requireItems(items: unknown): asserts items is MountItems<unknown> {
  const isIterable =
    typeof items === "object" && items !== null && (Symbol.iterator in items || Symbol.asyncIterator in items);
  if (isIterable) return;
  throw new TypeError(
    `Cannot mount components: the items must be an iterable or async iterable of [key, value], got ${items === null ? "null" : typeof items}`,
  );
}

/** One `mountEach`, with the scope that was in force when it was called. */
export class EachMount {
  readonly #frame: Frame;
  readonly #known: FunctionInfo;
  readonly #args: readonly unknown[];
  readonly #mounting: Mounting;
  readonly #place: Place;
  readonly #fingerprints: ItemFingerprints;
  readonly #handle = new MountHandle();

  /** `path` is the encoded path below the component, to which each item's key is added. */
  constructor(frame: Frame, known: FunctionInfo, args: readonly unknown[], path: Uint8Array) {
    requireMountable(frame);
    const { component, scope } = frame;
    this.#frame = frame;
    this.#known = known;
    this.#args = args;
    this.#fingerprints = new ItemFingerprints(
      known.name,
      args,
      known.logicTracking === "none" ? undefined : known.logicId,
    );
    const group = scope.group?.nearestOpen;
    this.#mounting = { kind: "mountEach", group, handlers: scope.handlers };
    this.#place = { path, report: group?.report ?? component.report, isComplete: false };
    component.places.push(this.#place);
  }

  /** Mounts every item, as slots become free. */
  async run(items: MountItems<unknown>): Promise<MountHandle> {
    const { component } = this.#frame;
    const { group } = this.#mounting;
    // The loop itself is under way, awaited or not: neither component nor group is ready before it has ended.
    component.readiness.enter();
    group?.readiness.enter();
    this.#place.report.openListing();
    try {
      await this.#mountAll(items);
      this.#place.isComplete = true;
    } finally {
      this.#place.report.closeListing();
      this.#handle.close();
      group?.readiness.leave();
      component.readiness.leave();
    }
    return this.#handle;
  }

  async #mountAll(items: MountItems<unknown>): Promise<void> {
    const { run } = this.#frame.component;
    // A `for await` over what is not asynchronous would take a turn of the microtask queue for every item.
    if (Symbol.asyncIterator in items) {
      for await (const item of items) await (this.#mountItem(item) ?? run.pause());
      return;
    }
    for (const item of items) {
      const waiting = this.#mountItem(item) ?? run.pause();
      if (waiting !== undefined) await waiting;
    }
  }

  /** Mounts one item; a promise only where it has to wait for a slot. */
  #mountItem(item: readonly [StableKey, unknown]): Promise<void> | undefined {
    const { component } = this.#frame;
    component.run.throwIfAborted();
    if (!Array.isArray(item)) {
      throw new TypeError(`Cannot mount components: each item must be a [key, value] pair, got ${typeof item}`);
    }
    const [key, value] = item as readonly [StableKey, unknown];
    const path = joinPaths(this.#place.path, encodeKey(key));
    const child = adoptChild(component, this.#known, [value, ...this.#args], {
      path,
      mounting: this.#mounting,
      fingerprints: this.#fingerprints,
    });
    const waiting = admit(child);
    if (waiting === undefined) runInBackground(child, this.#handle);
    return waiting?.then(() => runInBackground(child, this.#handle));
  }
}
