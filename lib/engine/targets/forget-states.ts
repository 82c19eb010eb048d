import type { StateChange } from "../../state/store.ts";
import type { StableKey } from "../../state/stable-key.ts";
import type { AppRows } from "../records/app-rows.ts";
import { voidMemosOf } from "../records/void-memos.ts";
import { givenUpState, trackedState, type RecordedState } from "./recorded-states.ts";

/** Selects recorded target states; a state in a container that is selected is selected, too. */
export type StateFilter = (state: RecordedState) => boolean;

/** Removes the records of given-up target states, and nothing outside. Returns the forgotten states. */
export async function forgetGivenUp(rows: AppRows, filter: StateFilter): Promise<readonly RecordedState[]> {
  const forgotten: RecordedState[] = [];
  const changes: StateChange[] = [];
  for (const row of rows.states.allGivenUp()) {
    const state = givenUpState(rows, row);
    if (!isSelected(state, filter)) continue;
    forgotten.push(state);
    changes.push(rows.states.removeGivenUp(row.item.providerId, row.item.key));
  }
  await rows.write(changes);
  return forgotten;
}

/**
 * Removes the records of target states, given up or not, and nothing outside. Returns the forgotten states. Their owners are run again:
 * one that still declares a state owns it anew.
 */
export async function forgetStates(rows: AppRows, filter: StateFilter): Promise<readonly RecordedState[]> {
  const forgotten: RecordedState[] = [];
  const changes: StateChange[] = [];
  for (const { id, row } of rows.states.tracked()) {
    const selected = row.items.filter((item) => isSelected(trackedState(rows, item, row), filter));
    if (selected.length === 0) continue;
    const items = row.items.filter((item) => !selected.includes(item));
    changes.push(rows.putTracking(id, { ...row, items }), ...voidMemosOf(rows, id, row));
    for (const item of selected) {
      forgotten.push(trackedState(rows, item, row));
      const isOwn = (rows.owner(item.providerId, item.key) ?? id) === id;
      if (isOwn) changes.push(rows.removeOwner(item.providerId, item.key));
    }
  }
  await rows.write(changes);
  return [...forgotten, ...(await forgetGivenUp(rows, filter))];
}

function isSelected(state: RecordedState, filter: StateFilter): boolean {
  return prefixes(state.path).some((path) => filter({ ...state, path }));
}

/** The paths of a state and of the containers that it is in. */
function prefixes(path: readonly StableKey[]): (readonly StableKey[])[] {
  return path.slice(1).map((_, index) => path.slice(0, index + 2));
}
