import { encodeKey, type StableKey } from "../../state/stable-key.ts";
import type { AppRows } from "../records/app-rows.ts";
import type { GivenUpRow, StateName } from "../records/row.ts";
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

/** Another name of a target state, in a container that overlaps with its own. */
export interface AliasName {
  /** The provider, by {@link StoredApps.keyOf}. */
  readonly pathKey: string;
  /** The encoded key. */
  readonly key: Uint8Array;
}

const NO_NAMES: readonly AliasName[] = [];

/** Lists the other names that a target state has in the recorded containers of all apps. */
export function aliasNames(rows: AppRows, { aliases, path }: NamedTarget, key: StableKey): readonly AliasName[] {
  if (aliases === undefined) return NO_NAMES;
  const index = storedApps(rows.store);
  const insides = index.insidesOf(index.keyOf(rows.appId, path.slice(0, -1)));
  if (insides.size < 2) return NO_NAMES;
  const names: AliasName[] = [];
  for (const alias of aliases.of(key)) {
    const pathKey = insides.get(index.containerTokenOf(rows.appId, path[0]!, alias.container));
    if (pathKey !== undefined) names.push({ pathKey, key: encodeKey(alias.key) });
  }
  return names;
}

/**
 * Lists the owners of a target state under its other names: in other apps, and in containers that overlap. There is at most one, unless
 * the names were recorded before they were known to be of the same state.
 */
export function* otherOwners(
  rows: AppRows,
  target: NamedTarget,
  key: StableKey,
  aliases: readonly AliasName[] = aliasNames(rows, target, key),
): Generator<StateOwner> {
  const index = storedApps(rows.store);
  const { apps } = index;
  if (apps.size > 1) {
    const pathKey = index.keyOf(rows.appId, target.path);
    for (const app of apps.values()) {
      if (app.rows.appId === rows.appId) continue;
      yield* ownerOf(app, { pathKey, key: encodeKey(index.keyIn(app, target.path, key, rows.appId)) });
    }
  }
  for (const name of aliases) for (const app of apps.values()) yield* ownerOf(app, name);
}

/**
 * The record of another app that a target state is that of the store that this one is a copy of; see {@link StateRows.isOfOriginal}.
 */
export function markOfOriginal(rows: AppRows, target: NamedTarget, key: StableKey): GivenUpRow | undefined {
  const index = storedApps(rows.store);
  if (index.apps.size < 2) return undefined;
  const pathKey = index.keyOf(rows.appId, target.path);
  for (const app of index.apps.values()) {
    const providerId = app.providers.get(pathKey);
    if (app.rows.appId === rows.appId || providerId === undefined) continue;
    const row = app.rows.states.givenUp(providerId, encodeKey(index.keyIn(app, target.path, key, rows.appId)));
    if (row?.reason === "copied") return row;
  }
  return undefined;
}

/** Lists the other names of a state in its own app. */
export function* ownNames(rows: AppRows, aliases: readonly AliasName[]): Generator<StateName> {
  const providers = storedApps(rows.store).apps.get(rows.appId)?.providers;
  for (const { key, pathKey } of aliases) {
    const providerId = providers?.get(pathKey);
    if (providerId !== undefined) yield { appId: rows.appId, providerId, key };
  }
}

/** Follows the names of a target state that was taken from an app to the component that owns it now; `undefined` when there is none. */
export function currentOwner(rows: AppRows, taker: StateName | undefined): StateOwner | undefined {
  const { apps } = storedApps(rows.store);
  let name = taker;
  // States are taken from app to app; a longer way leads in a circle.
  for (let hops = 0; name !== undefined && hops <= MAX_HOPS; hops++) {
    const app = apps.get(name.appId);
    const id = app?.rows.owner(name.providerId, name.key);
    if (app !== undefined && id !== undefined) return { ...name, app, id };
    name = app?.rows.taker(name.providerId, name.key);
  }
  return undefined;
}

const MAX_HOPS = 100;

function* ownerOf(app: StoredApp, { key, pathKey }: AliasName): Generator<StateOwner> {
  const providerId = app.providers.get(pathKey);
  const id = providerId === undefined ? undefined : app.rows.owner(providerId, key);
  if (providerId !== undefined && id !== undefined) yield { app, appId: app.rows.appId, providerId, key, id };
}
