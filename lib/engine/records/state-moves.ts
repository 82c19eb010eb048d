import { isDeepStrictEqual } from "node:util";
import type { StateChange } from "../../state/store.ts";
import type { AppRows } from "./app-rows.ts";
import type { ContainerGeneration, PossibleState, TrackedItem, TrackingRow } from "./row.ts";
import { voidMemosOf } from "./void-memos.ts";

/** The name of a target state. */
type StateName = Pick<TrackedItem, "providerId" | "key">;

/** Two containers that are one, by the provider around them. */
interface MergedContainers {
  readonly outerId: number;
  readonly id: number;
  readonly key: Uint8Array;
  readonly into: number;
  readonly intoKey: Uint8Array;
}

const NO_CONTENT: ContainerGeneration = { generation: 0, recreatedAt: 0 };

/** Changes of the names of target states in the rows of one app, gathered until they are written. */
export class StateMoves {
  readonly #rows: AppRows;
  readonly #tracking = new Map<number, TrackingRow | undefined>();
  readonly #owners = new Map<string, { readonly name: StateName; readonly owner: number | undefined }>();
  readonly #others: StateChange[] = [];

  constructor(rows: AppRows) {
    this.#rows = rows;
  }

  /** The changes of all moves. */
  changes(): StateChange[] {
    const trackings = [...this.#tracking].map(([id, row]) =>
      row === undefined ? this.#rows.removeTracking(id) : this.#rows.putTracking(id, row),
    );
    const owners = [...this.#owners.values()].map(({ name: { key, providerId }, owner }) =>
      owner === undefined ? this.#rows.removeOwner(providerId, key) : this.#rows.putOwner(providerId, key, owner),
    );
    return [...trackings, ...owners, ...this.#others];
  }

  /** Reads the owner of a state after the moves so far. */
  owner(providerId: number, key: Uint8Array): number | undefined {
    const moved = this.#owners.get(idOf({ providerId, key }));
    return moved === undefined ? this.#rows.owner(providerId, key) : moved.owner;
  }

  /** Reads the tracking row of a component after the moves so far. */
  tracking(id: number): TrackingRow | undefined {
    return this.#tracking.has(id) ? this.#tracking.get(id) : this.#rows.tracking(id);
  }

  /** Gives a component another path. */
  putPath(id: number, path: Uint8Array): void {
    const row = this.tracking(id);
    if (row !== undefined) this.#tracking.set(id, { ...row, path });
  }

  /** Removes the record of a component; `heir`, at `path` below the same parent, gets the states that it owns. */
  removeComponent(id: number, heir: number, path: Uint8Array): void {
    const row = this.tracking(id);
    this.#tracking.set(id, undefined);
    if (row === undefined) return;
    if (this.tracking(heir) === undefined) this.#tracking.set(heir, { ...row, path, items: [] });
    for (const item of row.items) {
      if (this.owner(item.providerId, item.key) !== id) continue;
      this.#take(heir, item);
      this.#give(heir, item);
    }
  }

  /**
   * Gives a state another name. Where that name has a state already, the newer of the two components has it from now on, and both run
   * again in the next run.
   */
  move(from: StateName, to: StateName, changed: (item: TrackedItem) => TrackedItem = (item) => item): void {
    const owner = this.owner(from.providerId, from.key);
    if (owner === undefined) return;
    const item = this.#take(owner, from);
    this.#putOwner(from, undefined);
    if (item === undefined) return;
    const moved = { ...changed(item), ...to };
    const other = this.owner(to.providerId, to.key);
    const otherItem = other === undefined ? undefined : this.#take(other, to);
    if (other === undefined || otherItem === undefined) {
      this.#give(owner, moved);
      return;
    }
    const winner = Math.max(owner, other);
    this.#give(winner, united(moved, otherItem, winner !== owner));
    for (const id of new Set([owner, other])) this.#voidMemos(id);
  }

  /** Moves the states in one container into another that is the same folder or database. */
  mergeContents({ id, into, intoKey, key, outerId }: MergedContainers): void {
    const before = this.#inside(outerId, key);
    const after = this.#inside(outerId, intoKey);
    for (const owner of this.#rows.ownersIn(id)) {
      this.#others.push(...this.#rows.removeCalls(owner));
      for (const item of this.tracking(owner)?.items ?? []) {
        if (item.providerId !== id) continue;
        const to = { providerId: into, key: item.key };
        if (this.owner(id, item.key) !== owner) this.#take(owner, item);
        else this.move(item, to, (moved) => ({ ...moved, generation: generationIn(moved, before, after) }));
      }
    }
  }

  #inside(outerId: number, key: Uint8Array): ContainerGeneration {
    const owner = this.owner(outerId, key);
    const items = owner === undefined ? [] : (this.tracking(owner)?.items ?? []);
    return items.find((item) => idOf(item) === idOf({ providerId: outerId, key }))?.inside ?? NO_CONTENT;
  }

  #take(owner: number, name: StateName): TrackedItem | undefined {
    const row = this.tracking(owner);
    const item = row?.items.find((each) => idOf(each) === idOf(name));
    if (row !== undefined && item !== undefined) {
      this.#tracking.set(owner, { ...row, items: row.items.filter((each) => each !== item) });
    }
    return item;
  }

  #give(owner: number, item: TrackedItem): void {
    const row = this.tracking(owner)!;
    this.#tracking.set(owner, { ...row, items: [...row.items, item] });
    this.#putOwner(item, owner);
  }

  #putOwner({ key, providerId }: StateName, owner: number | undefined): void {
    this.#owners.set(idOf({ key, providerId }), { name: { key, providerId }, owner });
  }

  #voidMemos(id: number): void {
    const row = this.tracking(id);
    if (row === undefined) return;
    this.#others.push(...voidMemosOf(this.#rows, id, row));
  }
}

/** One item for two records of a state: either may be outside, so the next run writes it again. */
function united(moved: TrackedItem, other: TrackedItem, keepsOther: boolean): TrackedItem {
  const states: PossibleState[] = [];
  for (const state of [null, ...moved.states, ...other.states]) {
    if (!states.some((each) => isDeepStrictEqual(each, state))) states.push(state);
  }
  return { ...(keepsOther ? other : moved), states, inside: other.inside ?? moved.inside };
}

/** The generation of a state in the container that it was moved to: current if it was current in its own. */
function generationIn(item: TrackedItem, before: ContainerGeneration, after: ContainerGeneration): number {
  return item.generation >= before.generation ? after.generation : 0;
}

function idOf({ key, providerId }: StateName): string {
  return `${providerId}:${Buffer.from(key).toString("latin1")}`;
}
