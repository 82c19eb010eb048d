import { appendKey, decodePath, formatPath, joinPaths } from "../../state/stable-key.ts";
import type { StableKey } from "../../state/stable-key.ts";
import type { Component } from "../run/component.ts";
import type { Mounting } from "../run/mounting.ts";
import { deleteAll } from "../execution/deletion.ts";
import type { Frame } from "../run/frame.ts";
import type { FunctionInfo } from "../memo/function-info.ts";
import { launch } from "./launch.ts";
import { ItemFingerprints } from "../memo/item-fingerprints.ts";
import { LiveChildren, type LiveChild } from "./live-children.ts";
import type { LiveMapChange, LiveMapFeed, LiveMapItems, LiveMapSubscriber } from "../sources/live-map-feed.ts";
import { LiveTask } from "./live-task.ts";
import { MountCompletion } from "../run/mount-completion.ts";
import type { MountHandle } from "../run/mount-handle.ts";
import { isListable, readItem } from "../sources/mount-items.ts";
import type { ItemsPlace } from "../run/items-place.ts";
import { excused } from "./excused.ts";
import { requireMountable } from "../execution/start.ts";
import { vanished } from "../execution/sweep.ts";
import type { Failure } from "./watch-once.ts";

/** A `mountEach` that follows a live source. Its items are children of the component that called it, as those of any other. */
export class LivePlace {
  readonly #source: LiveMapFeed;
  readonly #owner: Component;
  readonly #info: FunctionInfo;
  readonly #args: readonly unknown[];
  readonly #fingerprints: ItemFingerprints;
  readonly #mounting: Mounting;
  readonly #place: ItemsPlace;
  readonly #task: LiveTask;
  readonly #children: LiveChildren;
  readonly #completion = new MountCompletion();
  /** What no exception handler has swallowed of the failures of the first items. */
  #failure: Failure | undefined;
  #isReady = false;

  /** `path` is the encoded path below the component, to which each item's key is added. */
  constructor(frame: Frame, info: FunctionInfo, args: readonly unknown[], where: LivePlaceOptions) {
    requireMountable(frame);
    const { component: owner, scope } = frame;
    const { handlers } = scope;
    const group = scope.group?.nearestOpen;
    const { path, source } = where;
    const { run } = owner;
    this.#source = source;
    this.#owner = owner;
    this.#info = info;
    this.#args = args;
    this.#fingerprints = new ItemFingerprints(
      info.name,
      args,
      info.logicTracking === "none" ? undefined : info.logicId,
    );
    this.#mounting = { kind: "mountEach", group, handlers };
    this.#place = { path, report: group?.report ?? owner.report, isComplete: false };
    owner.places.push(this.#place);
    this.#task = new LiveTask({
      run,
      owner,
      group,
      handlers,
      scope: [...owner.ancestors, owner.id],
      name: info.name,
      path: formatPath(decodePath(joinPaths(owner.encodedPath, path))),
      watch: (signal) => source.watch(new PlaceSubscriber(this, signal)),
      onReady: (failure) => this.#becomeReady(failure),
      // What has vanished is deleted when its component ends, which nothing may come between.
      untilOpen: () => run.ended(owner),
    });
    this.#children = new LiveChildren({
      task: this.#task,
      launch,
      mounting: this.#mounting,
      ownsAll: false,
      parent: () => owner,
    });
  }

  /** Begins to follow the source; the component is not ready before the source is. */
  start(): MountHandle {
    this.#completion.enter();
    this.#completion.close();
    this.#owner.readiness.enter();
    this.#mounting.group?.readiness.enter();
    this.#task.start();
    return this.#completion.handle;
  }

  get task(): LiveTask {
    return this.#task;
  }

  update(key: StableKey, value: unknown, change: LiveMapChange | undefined): Promise<MountHandle> {
    return this.#children.update(this.#itemOf(key, value), change);
  }

  delete(key: StableKey, change: LiveMapChange | undefined): Promise<MountHandle> {
    return this.#children.delete(this.#pathOf(key), change);
  }

  /** Mounts everything that is listed, and deletes what is not. */
  updateAll(items: LiveMapItems | undefined, change: LiveMapChange | undefined, signal: AbortSignal): Promise<void> {
    const listed = items ?? this.#source;
    if (!isListable(listed)) {
      throw new TypeError("Cannot list the items of a live source: it is not iterable; give the items to `updateAll`");
    }
    const done = Promise.withResolvers<void>();
    this.#task.enqueue(undefined, {
      at: change?.at,
      run: async () => {
        try {
          await this.#list(listed, signal);
          done.resolve();
          return true;
        } catch (error) {
          done.reject(error);
          return false;
        }
      },
      drop: () => (signal.aborted ? done.reject(signal.reason) : done.resolve()),
    });
    return done.promise;
  }

  async #list(items: LiveMapItems, signal: AbortSignal): Promise<void> {
    const { run } = this.#owner;
    const { report } = this.#place;
    const listing = new MountCompletion();
    report.openListing();
    try {
      await this.#children.unmountAll(this.#place.path);
      for await (const item of items) {
        signal.throwIfAborted();
        const [key, value] = readItem(item);
        await this.#children.mount(this.#itemOf(key, value), listing);
        await run.pause();
      }
    } finally {
      report.closeListing();
      listing.close();
      await listing.ready().catch((error: unknown) => {
        if (!this.#isReady) this.#failure ??= { error };
      });
    }
    this.#place.isComplete = true;
    run.throwIfAborted();
    // While the component itself is under way it does that at its end.
    if (run.isUnderWay(this.#owner)) return;
    await deleteAll(run, (after) => vanished(this.#owner, { after, within: this.#place.path }));
  }

  #becomeReady(failure: Failure | undefined): void {
    this.#isReady = true;
    this.#completion.leave(failure ?? this.#failure);
    this.#mounting.group?.readiness.leave();
    this.#owner.readiness.leave();
  }

  #itemOf(key: StableKey, value: unknown): LiveChild {
    const fingerprints = this.#fingerprints;
    return { path: this.#pathOf(key), info: this.#info, args: [value, ...this.#args], fingerprints };
  }

  #pathOf(key: StableKey): Uint8Array {
    return appendKey(this.#place.path, key);
  }
}

/** Where a {@link LivePlace} puts what. */
export interface LivePlaceOptions {
  /** The encoded path below the component, to which each item's key is added. */
  readonly path: Uint8Array;
  readonly source: LiveMapFeed;
}

/** What one call of a source's `watch` tells its news to. */
class PlaceSubscriber implements LiveMapSubscriber {
  readonly signal: AbortSignal;
  readonly #place: LivePlace;

  constructor(place: LivePlace, signal: AbortSignal) {
    this.#place = place;
    this.signal = signal;
  }

  updateAll(items?: LiveMapItems, change?: LiveMapChange): Promise<void> {
    return excused(this.signal, () => this.#place.updateAll(items, change, this.signal));
  }

  update(key: StableKey, value: unknown, change?: LiveMapChange): Promise<MountHandle> {
    return excused(this.signal, () => this.#place.update(key, value, change));
  }

  delete(key: StableKey, change?: LiveMapChange): Promise<MountHandle> {
    return excused(this.signal, () => this.#place.delete(key, change));
  }

  markReady(): Promise<void> {
    return excused(this.signal, () => this.#place.task.markReady());
  }

  reportException(error: unknown): Promise<void> {
    return excused(this.signal, () => this.#place.task.reportException(error));
  }
}
