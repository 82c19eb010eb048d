import { decodePath, formatPath } from "../../state/stable-key.ts";
import type { StateChange } from "../../state/store.ts";
import type { AppRows } from "../records/app-rows.ts";
import type { GiveUpReason, TrackedItem, TrackingRow } from "../records/row.ts";
import { voidMemosOf } from "../records/void-memos.ts";
import { whereabouts } from "./outside-states.ts";
import { statePath } from "./recorded-states.ts";

/** Changes are written this many at a time, or a few more. */
const CHUNK = 1000;

/** Returns the changes that give a component's target state up: its owner row is removed, and a given-up row takes over the record. */
export function giveUp(
  rows: AppRows,
  item: TrackedItem,
  owner: Pick<TrackingRow, "name" | "path">,
  why: { readonly reason: GiveUpReason; readonly timeMs: number },
): StateChange[] {
  const path = formatPath(decodePath(owner.path));
  return [
    rows.removeOwner(item.providerId, item.key),
    rows.states.putGivenUp({ item, name: owner.name, path, ...why }),
  ];
}

/**
 * Gives up every target state of an app that is not below the root, in a store that was copied: the original store owns them, including
 * states that were given up before. Their components run again, so that every state that the program still declares is written and owned
 * anew. The work may be interrupted and repeated. Returns the number of states.
 */
export async function giveUpOutside(rows: AppRows, root: string, timeMs: number): Promise<number> {
  let count = 0;
  let changes: StateChange[] = [];
  for (const row of rows.states.allGivenUp()) {
    if (row.reason === "moved") changes.push(rows.states.putGivenUp({ ...row, reason: "copied" }));
  }
  for (const { id, row } of rows.states.tracked()) {
    const outside = row.items.filter((item) => isOwnedOutside(rows, root, id, item));
    if (outside.length === 0) continue;
    count += outside.length;
    const items = row.items.filter((item) => !outside.includes(item));
    changes.push(rows.putTracking(id, { ...row, items }), ...voidMemosOf(rows, id, row));
    for (const item of outside) {
      changes.push(...giveUp(rows, item, row, { reason: reasonFor(rows, root, item), timeMs }));
    }
    if (changes.length < CHUNK) continue;
    await rows.write(changes);
    changes = [];
  }
  await rows.write(changes);
  return count;
}

/** Counts the target states of an app that are not below the root, including states that were given up in a moved store. */
export function countOutside(rows: AppRows, root: string): number {
  let count = 0;
  for (const { id, row } of rows.states.tracked()) {
    for (const item of row.items) if (isOwnedOutside(rows, root, id, item)) count++;
  }
  for (const { reason } of rows.states.allGivenUp()) if (reason === "moved") count++;
  return count;
}

function isOwnedOutside(rows: AppRows, root: string, id: number, item: TrackedItem): boolean {
  return rows.owner(item.providerId, item.key) === id && whereabouts(statePath(rows, item), root) !== "below";
}

function reasonFor(rows: AppRows, root: string, item: TrackedItem): GiveUpReason {
  return whereabouts(statePath(rows, item), root) === undefined ? "undefined" : "copied";
}
