import { decodeKey, decodePath, formatPath, type StableKey } from "../../state/stable-key.ts";
import type { AppRows } from "../records/app-rows.ts";
import type { GivenUpRow, GiveUpReason, TrackedItem, TrackingRow } from "../records/row.ts";

/** A recorded target state. */
export interface RecordedState {
  /** The name of its target, the keys of the containers down to it, and its own key. */
  readonly path: readonly StableKey[];
  /** The name and the path, as text, of the component that owns it, or did. */
  readonly component: string;
  readonly owner: string;
  /** Why it was given up; `undefined` for one that was not. */
  readonly reason: GiveUpReason | undefined;
  /** When it was given up, in milliseconds since 1970. */
  readonly givenUpMs: number | undefined;
}

/** The whole path of a recorded target state. */
export function statePath(rows: AppRows, { key, providerId }: Pick<TrackedItem, "key" | "providerId">): StableKey[] {
  return [...decodePath(rows.providerPath(providerId) ?? new Uint8Array()), decodeKey(key)];
}

/** Describes a target state of a component. */
export function trackedState(rows: AppRows, item: TrackedItem, { name, path }: TrackingRow): RecordedState {
  const owner = formatPath(decodePath(path));
  return { path: statePath(rows, item), component: name, owner, reason: undefined, givenUpMs: undefined };
}

/** Describes a target state that was given up. */
export function givenUpState(rows: AppRows, { item, name, path, reason, timeMs }: GivenUpRow): RecordedState {
  return { path: statePath(rows, item), component: name, owner: path, reason, givenUpMs: timeMs };
}
