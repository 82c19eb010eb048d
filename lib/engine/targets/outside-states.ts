import { isOutside } from "../../places/place.ts";
import { isInside } from "../../places/place-at.ts";
import type { StableKey } from "../../state/stable-key.ts";
import { placeOf } from "../records/place-key.ts";
import { definedHandler } from "./providers.ts";

/** Where a target state is: below the root of the project or outside; `undefined` when its target is not defined in this process. */
export type Whereabouts = "below" | "outside" | undefined;

/**
 * Tells where a target state is by its whole path: its target, the keys of the containers down to it, and its own key. The file system is
 * asked, because a folder of the project may have become a link to a folder elsewhere.
 */
export function whereabouts(path: readonly StableKey[], root: string): Whereabouts {
  const [name, first] = path;
  const handler = name === undefined ? undefined : definedHandler(name);
  if (handler === undefined) return undefined;
  const place = handler.keyedBy === "place" && first !== undefined ? placeOf(first) : undefined;
  return place !== undefined && !isOutside(place) && isInside(root, place) ? "below" : "outside";
}
