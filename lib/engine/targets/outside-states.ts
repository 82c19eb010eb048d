import { posix, win32 } from "node:path";
import type { StableKey } from "../../state/stable-key.ts";
import { definedHandler } from "./providers.ts";

/** Where a target state is: below the root of the project or outside; `undefined` when its target is not defined in this process. */
export type Whereabouts = "below" | "outside" | undefined;

/** Tells where a target state is by its whole path: its target, the keys of the containers down to it, and its own key. */
export function whereabouts(path: readonly StableKey[]): Whereabouts {
  const [name, first] = path;
  const handler = name === undefined ? undefined : definedHandler(name);
  if (handler === undefined) return undefined;
  if (handler.keyedBy !== "place") return "outside";
  const place: unknown = Array.isArray(first) ? first[0] : first;
  return typeof place === "string" && isRelative(place) ? "below" : "outside";
}

/** Places below the root are relative to it; others are absolute paths of any system, or names such as `memory:x`. */
function isRelative(place: string): boolean {
  return !posix.isAbsolute(place) && !win32.isAbsolute(place) && !/^[A-Za-z][A-Za-z0-9+.-]+:/.test(place);
}
