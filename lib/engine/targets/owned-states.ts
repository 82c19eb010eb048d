import { decodeKey, encodeKey, type StableKey } from "../../state/stable-key.ts";
import type { AppRows } from "../records/app-rows.ts";
import { storedApps } from "../records/stored-apps.ts";
import { findItem } from "../records/tracked-item.ts";
import { otherOwners, type NamedTarget, type StateOwner } from "./state-owners.ts";
import type { OwnedStates } from "./target-handler.ts";

/** The target states in a container that have owners: under their keys there, and under their other names. */
export function ownedIn(rows: AppRows, target: NamedTarget): OwnedStates {
  return {
    has: (key) => {
      const owner = ownOwner(rows, target, key);
      return [...(owner === undefined ? [] : [owner]), ...otherOwners(rows, target, key)].some(isKeeping);
    },
    *keys() {
      const index = storedApps(rows.store);
      const pathKey = index.keyOf(rows.appId, target.path);
      for (const app of index.apps.values()) {
        const providerId = app.providers.get(pathKey);
        if (providerId === undefined) continue;
        for (const key of app.rows.states.ownedIn(providerId)) yield decodeKey(key);
      }
    },
  };
}

/** The owner of a target state under its own name in its own app. */
export function ownOwner(rows: AppRows, { path }: NamedTarget, key: StableKey): StateOwner | undefined {
  const index = storedApps(rows.store);
  const app = index.apps.get(rows.appId);
  const providerId = app?.providers.get(index.keyOf(rows.appId, path));
  if (app === undefined || providerId === undefined) return undefined;
  const keyBytes = encodeKey(key);
  const id = app.rows.owner(providerId, keyBytes);
  return id === undefined ? undefined : { app, appId: rows.appId, providerId, key: keyBytes, id };
}

/** Whether an owner's newest record says that the state is there. */
function isKeeping(owner: StateOwner): boolean {
  const row = owner.app.rows.tracking(owner.id);
  const item = row && findItem(row, owner);
  return item !== undefined && item.states.at(-1) !== null;
}
