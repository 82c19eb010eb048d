import { byteString } from "../../state/byte-string.ts";
import type { Component } from "../run/component.ts";
import type { Mounting } from "../run/mounting.ts";
import { deleteComponent } from "../execution/deletion.ts";
import type { FunctionInfo } from "../memo/function-info.ts";
import { IdSet } from "../run/id-set.ts";
import type { ItemFingerprints } from "../memo/item-fingerprints.ts";
import type { LiveMapChange } from "../sources/live-map-feed.ts";
import type { LiveTask } from "./live-task.ts";
import { MountCompletion } from "../run/mount-completion.ts";
import type { MountHandle } from "../run/mount-handle.ts";
import type { ChildRow } from "../records/row.ts";
import { adoptChild } from "../execution/start.ts";
import type { Failure } from "./watch-once.ts";

/** Has a component run that was just mounted; see `launch`. */
export type Launch = (child: Component, completion: MountCompletion) => Promise<void> | undefined;

/** What a {@link LiveChildren} is made of. */
export interface LiveChildrenOptions {
  readonly task: LiveTask;
  readonly launch: Launch;
  readonly mounting: Mounting;
  /** Whether all that is below the parent belongs here, whoever has mounted it; else only what was mounted here. */
  readonly ownsAll: boolean;
  /** The component below which they are mounted. */
  parent(): Component;
}

/** What to mount. */
export interface LiveChild {
  /** The encoded path below the parent. */
  readonly path: Uint8Array;
  readonly info: FunctionInfo;
  readonly args: readonly unknown[];
  readonly fingerprints?: ItemFingerprints;
}

/** The components that one live source or live component has mounted, each of which can be mounted again or removed at any time. */
export class LiveChildren {
  readonly #options: LiveChildrenOptions;
  /** The ids of those that are mounted, or could not be removed. */
  readonly #own = new IdSet();

  constructor(options: LiveChildrenOptions) {
    this.#options = options;
  }

  /** Mounts a component when its turn comes. Resolves when that has begun or waits. */
  update(child: LiveChild, change: LiveMapChange | undefined): Promise<MountHandle> {
    return this.#enqueue(child.path, change, async (begin) => {
      const own = new MountCompletion();
      await this.mount(child, own);
      begin();
      own.close();
      return failureOf(own);
    });
  }

  /** Removes a component when its turn comes. Resolves when that has begun or waits. */
  delete(path: Uint8Array, change: LiveMapChange | undefined): Promise<MountHandle> {
    return this.#enqueue(path, change, async (begin) => {
      const parent = this.#options.parent();
      const row = this.#find(path);
      if (row === undefined) return undefined;
      await this.#unmount(row);
      begin();
      const place = { path, ancestors: [...parent.ancestors, parent.id], parentPath: parent.encodedPath };
      const report = this.#options.mounting.group?.report ?? parent.report;
      if (await deleteComponent(parent.run, { id: row.id, row, place, report })) this.#own.delete(row.id);
      return undefined;
    });
  }

  /** Mounts a component now. Resolves when it has begun; `completion` is told of the end. */
  async mount(child: LiveChild, completion: MountCompletion): Promise<void> {
    const { launch, mounting } = this.#options;
    const parent = this.#options.parent();
    parent.run.throwIfAborted();
    const row = this.#find(child.path);
    if (row !== undefined) await this.#unmount(row);
    const component = adoptChild(parent, child.info, child.args, { ...child, mounting });
    this.#own.add(component.id);
    await launch(component, completion);
  }

  /** Makes those below `within` as if they had not been mounted, so that what is not mounted again has vanished. */
  async unmountAll(within: Uint8Array): Promise<void> {
    const { run, id } = this.#options.parent();
    const stopping: Promise<void>[] = [];
    for (const { row } of run.rows.children(id, { within })) {
      if (!this.#own.has(row.id) || !run.mounted.has(row.id)) continue;
      const stopped = run.live.stopBelow(row.id);
      if (stopped !== undefined) stopping.push(stopped);
      run.mounted.unmount(row.id, row);
    }
    await Promise.all(stopping);
  }

  #enqueue(
    path: Uint8Array,
    change: LiveMapChange | undefined,
    act: (begin: () => void) => Promise<Failure | undefined>,
  ): Promise<MountHandle> {
    const { run } = this.#options.parent();
    const completion = new MountCompletion();
    const begun = Promise.withResolvers<void>();
    const end = (failure?: Failure): void => {
      begun.resolve();
      completion.leave(failure);
    };
    completion.enter();
    completion.close();
    const row = this.#find(path);
    const hasBegun = this.#options.task.enqueue(byteString(path), {
      at: change?.at,
      run: async () => {
        end(await this.#attempt(() => act(begun.resolve)));
        return true;
      },
      drop: () => {
        if (row !== undefined) run.mounted.noteCurrent(row.id);
        end();
      },
    });
    if (!hasBegun) {
      // What it has outside may be taken over from now on.
      if (row !== undefined) run.mounted.noteOutdated(row.id);
      begun.resolve();
    }
    return begun.promise.then(() => completion.handle);
  }

  /** Does something, and gives what it has left of failures that it reports itself; what fails besides is the source's failure. */
  async #attempt(act: () => Promise<Failure | undefined>): Promise<Failure | undefined> {
    try {
      return await act();
    } catch (error) {
      return this.#options.task.report(error);
    }
  }

  /** The row of a component at this path, unless somebody else has mounted one there in this run. */
  #find(path: Uint8Array): ChildRow | undefined {
    const { run, id } = this.#options.parent();
    const row = run.rows.child(id, path);
    return row === undefined || this.#options.ownsAll || this.#own.has(row.id) || !run.mounted.has(row.id)
      ? row
      : undefined;
  }

  async #unmount(row: ChildRow): Promise<void> {
    const { run } = this.#options.parent();
    await run.live.stopBelow(row.id);
    run.mounted.unmount(row.id, row);
  }
}

/** Waits until what was mounted is ready; gives what the exception handlers have left of its failure. */
async function failureOf(mounted: MountCompletion): Promise<Failure | undefined> {
  try {
    await mounted.ready();
    return undefined;
  } catch (error) {
    return { error };
  }
}
