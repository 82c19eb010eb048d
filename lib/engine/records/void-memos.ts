import { encodePath, type StableKey } from "../../state/stable-key.ts";
import type { StateChange } from "../../state/store.ts";
import type { AppRows } from "./app-rows.ts";
import { withoutMemo } from "./child-row.ts";

/** Returns the changes that void the memos of the components along a path: `ids` from the root. */
export function voidMemos(
  rows: AppRows,
  [parent, ...ids]: readonly number[],
  path: readonly StableKey[],
): StateChange[] {
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
