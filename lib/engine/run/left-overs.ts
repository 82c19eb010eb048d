import type { StableKey } from "../../state/stable-key.ts";
import type { StateChange } from "../../state/store.ts";
import type { AppRows } from "../records/app-rows.ts";
import { findItem, withNothing } from "../records/tracked-item.ts";
import { voidMemosOf } from "../records/void-memos.ts";
import { ownOwner } from "../targets/owned-states.ts";
import { otherOwners, type NamedTarget, type StateOwner } from "../targets/state-owners.ts";
import type { DeleteLimit } from "./delete-limit.ts";
import type { Project } from "./project.ts";
import { whereabouts } from "../targets/outside-states.ts";
import { isStateKept } from "./kept-state.ts";
import type { MountedComponents } from "./mounted-components.ts";

/** The run, as far as {@link LeftOvers} needs it. */
export interface LeftOversRun {
  readonly rows: AppRows;
  readonly mounted: MountedComponents;
  readonly project: Project;
  readonly maxDeletes: DeleteLimit | undefined;
  /** Follows a write; a failure fails the run. */
  track(write: Promise<void>): void;
}

/** The recorded target states that their owners do not keep in this run. */
export class LeftOvers {
  readonly #run: LeftOversRun;
  readonly #writes = new Set<Promise<void>>();

  constructor(run: LeftOversRun) {
    this.#run = run;
  }

  /**
   * Whether a target state is recorded and not kept. It may then be removed to make room, so its owner is run
   * again, and writes it again if it turns out to be wanted.
   */
  release(target: NamedTarget, key: StableKey): boolean {
    const { rows } = this.#run;
    const { isConfirmed, root } = this.#run.project;
    // Nothing is removed outside of the root, not even to make room.
    if (!isConfirmed && whereabouts([...target.path, key], root) !== "below") return false;
    const own = ownOwner(rows, target, key);
    const owner = own ?? [...otherOwners(rows, target, key)][0];
    return owner !== undefined && this.#release(owner);
  }

  /** Resolves when the records of all released states are stored; rejects when one cannot be: nothing may be removed then. */
  async whenReleased(): Promise<void> {
    await Promise.all(this.#writes);
  }

  #release(owner: StateOwner): boolean {
    const { app, id } = owner;
    const { mounted, rows } = this.#run;
    const row = app.rows.tracking(id);
    const item = row && findItem(row, owner);
    if (row === undefined || item === undefined) return false;
    // Another app may still want it.
    if (app.rows.appId !== rows.appId || isStateKept(mounted, id, row, item)) return false;
    if (rows.states.isOfOriginal(item) || this.#awaitsLimit(id, row.ancestors)) return false;
    mounted.noteTaken(id, row.ancestors);
    const isSure = !item.states.includes(null) && item.states.at(-1) !== null;
    const items = row.items.map((each) => (each === item ? withNothing(item) : each));
    const changes = isSure ? [app.rows.putTracking(id, { ...row, items })] : [];
    this.#write([...changes, ...voidMemosOf(app.rows, id, row)]);
    return true;
  }

  #write(changes: readonly StateChange[]): void {
    if (changes.length === 0) return;
    const write = this.#run.rows.write(changes);
    this.#run.track(write);
    this.#writes.add(write);
    const forget = (): void => void this.#writes.delete(write);
    write.then(forget, forget);
  }

  /** Whether a component seems to have vanished, and the limit for deletions may still forbid to delete it. */
  #awaitsLimit(id: number, ancestors: readonly number[]): boolean {
    const { maxDeletes, mounted } = this.#run;
    if (maxDeletes === undefined) return false;
    const line = [...ancestors, id];
    return line.some((one) => !mounted.has(one)) && !line.some((one) => mounted.hasDeleteAttempt(one));
  }
}
