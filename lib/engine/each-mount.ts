import { silencePromises } from "../options/silence-promises.ts";
import { appendKey } from "../state/stable-key.ts";
import type { StableKey } from "../state/stable-key.ts";
import type { Mounting } from "./run/mounting.ts";
import { SharedArguments } from "./memo/shared-arguments.ts";
import { ItemProbe } from "./execution/item-probe.ts";
import type { Frame } from "./run/frame.ts";
import type { FunctionInfo } from "./memo/function-info.ts";
import { noteEmptySource } from "./run/note-empty-source.ts";
import { MountCompletion } from "./run/mount-completion.ts";
import type { MountHandle } from "./run/mount-handle.ts";
import type { ItemsPlace } from "./run/items-place.ts";
import { launch } from "./live/launch.ts";
import type { LiveMapItems } from "./sources/live-map-feed.ts";
import { requireOwnItem } from "./execution/require-own-targets.ts";
import { readItem } from "./sources/mount-items.ts";
import { createChild, requireMountable } from "./execution/start.ts";
import { SteppedItems } from "./sources/stepped-items.ts";

/** One `mountEach`, with the scope that was in force when it was called. */
export class EachMount {
  readonly #frame: Frame;
  readonly #info: FunctionInfo;
  readonly #args: readonly unknown[];
  readonly #mounting: Mounting;
  readonly #place: ItemsPlace;
  readonly #shared: SharedArguments | undefined;
  readonly #probe: ItemProbe;
  readonly #completion = new MountCompletion();
  #isEmpty = true;

  /** `path` is the encoded path below the component, to which each item's key is added. */
  constructor(frame: Frame, info: FunctionInfo, args: readonly unknown[], path: Uint8Array) {
    requireMountable(frame);
    const { component, scope } = frame;
    this.#frame = frame;
    this.#info = info;
    this.#args = args;
    const { root } = component;
    this.#shared = info.isMemoized ? new SharedArguments(info, args, root) : undefined;
    const { handlers } = scope;
    const group = scope.group?.nearestOpen;
    this.#mounting = { kind: "mountEach", group, handlers };
    this.#probe = new ItemProbe(component, info, this.#mounting, this.#shared);
    this.#place = { path, report: group?.report ?? component.report, handlers, isComplete: false };
    component.body.addPlace(this.#place);
  }

  /** Mounts every item, as slots become free. */
  async run(items: LiveMapItems): Promise<MountHandle> {
    const { component } = this.#frame;
    const { group } = this.#mounting;
    // The loop itself is under way, awaited or not: neither component nor group is ready before it has ended.
    component.body.readiness.enter();
    group?.readiness.enter();
    this.#place.report.openListing();
    try {
      await this.#mountAll(items);
      if (this.#isEmpty) this.#noteEmpty(items);
      this.#place.isComplete = true;
    } catch (error) {
      // One promise among the items was refused: the others are not awaited either.
      if (Array.isArray(items)) for (const item of items) silencePromises(item);
      throw error;
    } finally {
      this.#place.report.closeListing();
      this.#completion.close();
      group?.readiness.leave();
      component.body.readiness.leave();
    }
    return this.#completion.handle;
  }

  async #mountAll(items: LiveMapItems): Promise<void> {
    const { run } = this.#frame.component;
    if (items instanceof SteppedItems) {
      for (const item of items.steps()) {
        const step = item === undefined || item instanceof Promise ? item : this.#mountItem(item);
        const waiting = step ?? run.backpressure.wait() ?? run.pause();
        if (waiting !== undefined) await waiting;
      }
      return;
    }
    // A `for await` over what is not asynchronous would take a turn of the microtask queue for every item.
    if (Symbol.asyncIterator in items) {
      for await (const item of items) await (this.#mountItem(item) ?? run.backpressure.wait() ?? run.pause());
      return;
    }
    for (const item of items) {
      const waiting = this.#mountItem(item) ?? run.backpressure.wait() ?? run.pause();
      if (waiting !== undefined) await waiting;
    }
  }

  #noteEmpty(items: LiveMapItems): void {
    const reason = items instanceof SteppedItems ? items.emptyReason : undefined;
    noteEmptySource(this.#frame.component, this.#place, { name: this.#info.name, reason });
  }

  /** Mounts one item; a promise only where it has to wait for a slot. */
  #mountItem(item: readonly [StableKey, unknown]): Promise<void> | undefined {
    const { component } = this.#frame;
    component.run.throwIfAborted();
    this.#isEmpty = false;
    const [key, value] = readItem(item);
    requireOwnItem(component, this.#info, value);
    const path = appendKey(this.#place.path, key);
    const place = component.body.children.adopt(path);
    const asked = this.#probe.ask(place, value);
    if (asked === "hit") return undefined;
    const child = createChild(component, this.#info, [value, ...this.#args], {
      ...place,
      path,
      mounting: this.#mounting,
      shared: this.#shared,
      asked,
    });
    return launch(child, this.#completion);
  }
}
