import { byteString } from "../../state/byte-string.ts";
import { encodeKey, encodePath, type StableKey } from "../../state/stable-key.ts";
import type { AppRows } from "../records/app-rows.ts";
import type { StateName } from "../records/row.ts";
import { storedApps, type StoredApp } from "../records/stored-apps.ts";
import type { Aliases } from "./container-aliases.ts";

/** The component that owns a target state, and the name under which it does. */
export interface StateOwner extends StateName {
  readonly app: StoredApp;
  /** The id of the component in its app. */
  readonly id: number;
}

/** Where a target state is named: a provider, as far as other names of its states are concerned. */
export interface NamedTarget {
  readonly path: readonly StableKey[];
  readonly aliases: Aliases | undefined;
}

/**
 * Lists the owners of a target state under its other names: in other apps, and in containers that overlap. There is
 * at most one, unless the names were recorded before they were known to be of the same state.
 */
export function* otherOwners(rows: AppRows, target: NamedTarget, key: StableKey): Generator<StateOwner> {
  const index = storedApps(rows.store);
  if (index.apps.size > 1) {
    const others = [...index.apps.values()].filter(({ rows: { appId } }) => appId !== rows.appId);
    yield* ownersOf(others, target.path, key);
  }
  if (target.aliases === undefined || !index.hasSeveralInside(target.aliases.outer)) return;
  const apps = [...index.apps.values()];
  for (const alias of target.aliases.of(key)) yield* ownersOf(apps, alias.path, alias.key);
}

/** Lists the other names of a target state in the containers of its own app. */
export function* otherNames(rows: AppRows, target: NamedTarget, key: StableKey): Generator<StateName> {
  const { aliases } = target;
  const index = storedApps(rows.store);
  if (aliases === undefined || !index.hasSeveralInside(aliases.outer)) return;
  const providers = index.apps.get(rows.appId)?.providers;
  for (const alias of aliases.of(key)) {
    const providerId = providers?.get(byteString(encodePath(alias.path)));
    if (providerId !== undefined) yield { appId: rows.appId, providerId, key: encodeKey(alias.key) };
  }
}

/** Follows the names of a target state that was taken from an app to the component that owns it now; `undefined` when there is none. */
export function currentOwner(rows: AppRows, taker: StateName | undefined): StateOwner | undefined {
  const { apps } = storedApps(rows.store);
  const seen = new Set<StateName>();
  for (let name = taker; name !== undefined && seen.size <= apps.size;) {
    seen.add(name);
    const app = apps.get(name.appId);
    const id = app?.rows.owner(name.providerId, name.key);
    if (app !== undefined && id !== undefined) return { ...name, app, id };
    name = app?.rows.taker(name.providerId, name.key);
  }
  return undefined;
}

function* ownersOf(apps: readonly StoredApp[], path: readonly StableKey[], key: StableKey): Generator<StateOwner> {
  const pathKey = byteString(encodePath(path));
  const keyBytes = encodeKey(key);
  for (const app of apps) {
    const providerId = app.providers.get(pathKey);
    const id = providerId === undefined ? undefined : app.rows.owner(providerId, keyBytes);
    if (providerId !== undefined && id !== undefined) {
      yield { app, appId: app.rows.appId, providerId, key: keyBytes, id };
    }
  }
}
