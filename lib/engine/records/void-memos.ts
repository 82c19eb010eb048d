import { decodePath, encodePath } from "../../state/stable-key.ts";
import type { StableKey } from "../../state/stable-key.ts";
import type { StateChange } from "../../state/store.ts";
import type { AppRows } from "./app-rows.ts";
import { withoutMemo } from "./child-row.ts";
import { ROOT_ID, type TrackingRow } from "./row.ts";

/** Returns the changes that void the memos of a component, of the calls in it, which may have declared its states, and of all above it. */
export function voidMemosOf(rows: AppRows, id: number, { ancestors, path }: TrackingRow): StateChange[] {
  return [...voidRootMemo(rows), ...voidMemos(rows, [...ancestors, id], decodePath(path)), ...rows.removeCalls(id)];
}

/** Voids the memo of the root, which is above all components and has an empty path below itself. */
function voidRootMemo(rows: AppRows): StateChange[] {
  const path = new Uint8Array();
  const row = rows.child(ROOT_ID, path);
  return row === undefined || row.memo === null ? [] : [rows.putChild(ROOT_ID, path, withoutMemo(row))];
}

/** Voids the memos of components along a path: `ids` from the root. */
function voidMemos(rows: AppRows, [parent, ...ids]: readonly number[], path: readonly StableKey[]): StateChange[] {
  const [id] = ids;
  if (parent === undefined || id === undefined) return [];
  for (let length = 1; length <= path.length; length++) {
    const relative = encodePath(path.slice(0, length));
    const row = rows.child(parent, relative);
    if (row?.id !== id) continue;
    const below = voidMemos(rows, ids, path.slice(length));
    if (row.memo === null) return below;
    return [rows.putChild(parent, relative, withoutMemo(row)), ...below];
  }
  return [];
}
