import { resolve, sep } from "node:path";
import { placeOf } from "../engine/records/place-key.ts";
import { definedHandler } from "../engine/targets/providers.ts";
import { canonicalPath } from "../places/canonical-path.ts";
import { isNoPath, resolvePlace } from "../places/place.ts";
import { formatPath, type StableKey } from "../state/stable-key.ts";

/**
 * The absolute path of a target state in the file system: its file or folder, or the database that it is in; `undefined` for any other.
 */
function locationOf(keys: readonly StableKey[], root: string): string | undefined {
  const [target, container, ...inside] = keys;
  if (target === undefined || container === undefined || definedHandler(target)?.keyedBy !== "place") return undefined;
  const place = placeOf(container);
  if (place === undefined || isNoPath(place)) return undefined;
  const location = resolvePlace(root, place);
  return typeof container === "string"
    ? resolve(location, ...inside.filter((key) => typeof key === "string"))
    : location;
}

/**
 * The name of a target state for people: its path, or its keys as messages show them. The keys are the target's name, the keys of the
 * containers around the state, and the state's own.
 */
export function targetName(keys: readonly StableKey[], root: string): string {
  const location = typeof keys[1] === "string" ? locationOf(keys, root) : undefined;
  return location ?? formatPath(keys);
}

/** Whether a target state is meant; see {@link targetName} for its keys. */
export type TargetFilter = (keys: readonly StableKey[]) => boolean;

/**
 * Creates the filter for a name that the user gives to target states: the path of a file or folder, relative to `workingDirectory`, or the
 * text by which messages name a state or a container. A folder, a database file and a container stand for everything in them.
 */
export function createTargetFilter(
  name: string,
  { root, workingDirectory }: { readonly root: string; readonly workingDirectory: string },
): TargetFilter {
  const wanted = canonicalPath(resolve(workingDirectory, name));
  const below = wanted.endsWith(sep) ? wanted : wanted + sep;
  return (keys) => {
    if (keys.some((_, index) => index > 0 && formatPath(keys.slice(0, index + 1)) === name)) return true;
    const location = locationOf(keys, root);
    return location === wanted || location?.startsWith(below) === true;
  };
}
