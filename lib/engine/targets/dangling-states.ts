import { decodePath, encodePath, formatPath } from "../../state/stable-key.ts";
import type { AppRows } from "../records/app-rows.ts";
import { ROOT_ID, type TrackedItem, type TrackingRow } from "../records/row.ts";
import { findItem } from "../records/tracked-item.ts";
import { definedHandler } from "./providers.ts";
import { givenUpState, statePath, trackedState, type RecordedState } from "./recorded-states.ts";

/**
 * Why a record of a target state leads nowhere: the state was given up; its target is not defined in this process; it has an owner row
 * without a record of the owner (`"untracked"`); a component has a record without an owner row (`"unowned"`); or the component that has
 * the record is not in the tree (`"detached"`).
 */
export type DanglingKind = "detached" | "given-up" | "undefined" | "unowned" | "untracked";

/** A record of a target state that leads nowhere. */
export interface DanglingState {
  readonly kind: DanglingKind;
  readonly state: RecordedState;
}

/** Lists the records of an app's target states that lead nowhere. */
export function* danglingStates(rows: AppRows): Generator<DanglingState> {
  for (const row of rows.states.allGivenUp()) {
    // In a copy, a state of the original may be declared as well.
    if (rows.owner(row.item.providerId, row.item.key) === undefined) {
      yield { kind: "given-up", state: givenUpState(rows, row) };
    }
  }
  for (const { id, row } of rows.states.tracked()) {
    const isDetached = row.items.length > 0 && !isInTree(rows, id, row);
    for (const item of row.items) {
      const state = trackedState(rows, item, row);
      if (isDetached) yield { kind: "detached", state };
      else if (!isOwned(rows, item)) yield { kind: "unowned", state };
      else if (definedHandler(state.path[0]!) === undefined) yield { kind: "undefined", state };
    }
  }
  for (const owned of rows.states.owned()) {
    const row = rows.tracking(owned.id);
    if (row !== undefined && findItem(row, owned) !== undefined) continue;
    const component = row?.name ?? "";
    const owner = row === undefined ? "" : formatPath(decodePath(row.path));
    const path = statePath(rows, owned);
    yield { kind: "untracked", state: { path, component, owner, reason: undefined, givenUpMs: undefined } };
  }
}

/** Whether an owner is recorded, under this name of the state or under another one. */
function isOwned(rows: AppRows, { key, providerId }: Pick<TrackedItem, "key" | "providerId">): boolean {
  return rows.owner(providerId, key) !== undefined || rows.taker(providerId, key) !== undefined;
}

/** Whether a component has a row below its parent, or its deletion is pending. */
function isInTree(rows: AppRows, id: number, { ancestors, path }: TrackingRow): boolean {
  const parent = ancestors.at(-1) ?? ROOT_ID;
  const keys = decodePath(path);
  for (let start = 0; start <= keys.length; start++) {
    if (rows.child(parent, encodePath(keys.slice(start)))?.id === id) return true;
  }
  return false;
}
