import { deleteComponent } from "../execution/deletion.ts";
import { adoptChild } from "../execution/start.ts";
import type { FunctionInfo } from "../memo/function-info.ts";
import type { SharedArguments } from "../memo/shared-arguments.ts";
import type { ChildRow } from "../records/row.ts";
import type { Component } from "../run/component.ts";
import { IdSet } from "../run/id-set.ts";
import type { Mounting } from "../run/mounting.ts";

/** A component to mount below a live source. */
export interface LiveChild {
  /** The encoded path below the parent. */
  readonly path: Uint8Array;
  readonly info: FunctionInfo;
  readonly args: readonly unknown[];
  readonly shared?: SharedArguments | undefined;
}

/** Options of {@link LiveChildren}. */
export interface LiveChildrenOptions {
  readonly parent: Component;
  readonly mounting: Mounting;
  /** Whether every child of the parent belongs to the source; otherwise only the children that it has mounted. */
  readonly ownsAll: boolean;
}

/** The components that one live source has mounted; each of them can be mounted again or deleted at any time. */
export class LiveChildren {
  /** The component below which children are mounted: the newest execution of a live component. */
  parent: Component;
  readonly #mounting: Mounting;
  readonly #ownsAll: boolean;
  /** The ids of the children that are mounted or could not be deleted. */
  readonly #own = new IdSet();

  constructor({ mounting, ownsAll, parent }: LiveChildrenOptions) {
    this.parent = parent;
    this.#mounting = mounting;
    this.#ownsAll = ownsAll;
  }

  /** Returns the row of a child; `undefined` without one, or when another mount in this run has taken its path. */
  find(path: Uint8Array): ChildRow | undefined {
    const { id, run } = this.parent;
    const row = run.rows.child(id, path);
    return row === undefined || this.#ownsAll || this.#own.has(row.id) || !run.mounted.has(row.id) ? row : undefined;
  }

  /** Creates the component of a child that is mounted for the first time or again. The caller launches it. */
  async adopt(child: LiveChild): Promise<Component> {
    this.parent.run.throwIfAborted();
    const row = this.find(child.path);
    if (row !== undefined) await this.unmount(row);
    return this.adoptOnce(child);
  }

  /**
   * As {@link adopt}, for a child that is not to be mounted yet, or not since {@link unmountAll}.
   *
   * @throws TidemarkError `COMPONENT_PATH_TAKEN` when it is
   */
  adoptOnce(child: LiveChild): Component {
    const { parent } = this;
    parent.run.throwIfAborted();
    const component = adoptChild(parent, child.info, child.args, { ...child, mounting: this.#mounting });
    this.#own.add(component.id);
    return component;
  }

  /** Stops the live sources of a child and takes its mount back. */
  async unmount(row: ChildRow): Promise<void> {
    const { run } = this.parent;
    await run.live.stopBelow(row.id);
    run.mounted.unmount(row.id, row);
  }

  /** Deletes an unmounted child. */
  async delete(path: Uint8Array, row: ChildRow): Promise<void> {
    const { ancestors, encodedPath: parentPath, id, report, run } = this.parent;
    const place = { path, ancestors: [...ancestors, id], parentPath };
    const { group, handlers } = this.#mounting;
    const counted = { report: group?.report ?? report, handlers, ...run.mounted.lost(row.id) };
    if (await deleteComponent(run, { id: row.id, row, place, ...counted })) this.#own.delete(row.id);
  }

  /**
   * Deletes a child that has lost its own file while it ran. Where the run limits deletions, one that has a record stays until its source
   * reports the deletion or lists its items: many may be lost one after the other, and no limit holds for each alone.
   */
  async deleteLost({ id, relativePath, run }: Component): Promise<void> {
    if (run.mounted.lost(id) === undefined) return;
    const row = this.find(relativePath);
    if (row === undefined) {
      run.mounted.forget(id);
      this.#own.delete(id);
    } else if (run.maxDeletes === undefined) {
      await this.delete(relativePath, row);
    }
  }

  /** Takes the mounts of the children below `within` back, so that those not mounted again count as vanished. */
  async unmountAll(within: Uint8Array): Promise<void> {
    const { id, run } = this.parent;
    const stopping: Promise<void>[] = [];
    for (const { row } of run.rows.children(id, { within })) {
      if (!this.#own.has(row.id) || !run.mounted.has(row.id)) continue;
      const stopped = run.live.stopBelow(row.id);
      if (stopped !== undefined) stopping.push(stopped);
      run.mounted.unmount(row.id, row);
    }
    await Promise.all(stopping);
  }
}
