import { decodeKey, decodePath, encodePath } from "../../state/stable-key.ts";
import type { AppRows } from "./app-rows.ts";
import type { TrackedItem } from "./row.ts";

/** Whether a component of the app owns a target state in a container. */
export function hasContent(rows: AppRows, { key, providerId }: Pick<TrackedItem, "key" | "providerId">): boolean {
  const outer = rows.providerPath(providerId);
  const inside = outer && rows.providerId(encodePath([...decodePath(outer), decodeKey(key)]));
  return inside !== undefined && rows.states.ownsInside(inside);
}
