import { TidemarkError } from "../../errors.ts";
import { decodeKey, decodePath, formatPath, type StableKey } from "../../state/stable-key.ts";
import type { StateChange } from "../../state/store.ts";
import type { AppRows } from "../records/app-rows.ts";
import { readUnflushedBoot } from "../records/boot-rows.ts";
import { containerOf } from "../records/container-of.ts";
import { findItem, withNothing } from "../records/tracked-item.ts";
import type { StateName, TrackedItem, TrackingRow } from "../records/row.ts";
import type { Component } from "../run/component.ts";
import { isStateKept } from "../run/kept-state.ts";
import { isContainerHandler } from "../targets/container-handler.ts";
import type { DeclaredState } from "../targets/declared-states.ts";
import { stateKey } from "../targets/state-key.ts";
import {
  aliasNames,
  currentOwner,
  markOfOriginal,
  otherOwners,
  ownNames,
  type AliasName,
  type StateOwner,
} from "../targets/state-owners.ts";
import { voidMemosOf } from "../records/void-memos.ts";

/** The outcome of {@link claimState}. */
export interface Claim {
  /** The record of the state, under whichever owner; `undefined` for a new one. */
  readonly item: TrackedItem | undefined;
  /** The changes that make the component its owner. */
  readonly changes: readonly StateChange[];
  /** The name under which the component itself had the state so far, if it was another one. */
  readonly formerly?: StateName;
}

const NO_CHANGES: readonly StateChange[] = [];

/**
 * Makes a declared state its component's own, with the record that its owner so far has of it: `own` is the component's own record.
 *
 * @throws TidemarkError `TARGET_CONFLICT` when the owner keeps the state
 */
export function claimState(component: Component, declared: DeclaredState, own: TrackedItem | undefined): Claim {
  const { id, run } = component;
  const { rows } = run;
  const { keyBytes, provider } = declared;
  const recorded = rows.owner(provider.id, keyBytes);
  if (recorded === id) return { item: own, changes: NO_CHANGES };
  const changes = [rows.putOwner(provider.id, keyBytes, id)];
  if (recorded !== undefined) {
    const owner = { app: undefined, appId: rows.appId, providerId: provider.id, key: keyBytes, id: recorded };
    return take(component, declared, owner, { changes, own });
  }
  changes.push(...markChanges(rows, declared));
  const aliases = aliasNames(rows, provider, declared.key);
  requireOneName(component, declared, aliases);
  const taker = rows.taker(provider.id, keyBytes) ?? takerOfAlias(rows, aliases);
  // Apps share containers, and each has its own records of them.
  const isShared = isContainerHandler(provider.handler);
  const owner =
    currentOwner(rows, taker) ?? (isShared ? undefined : firstOf(otherOwners(rows, provider, declared.key, aliases)));
  if (owner !== undefined) return take(component, declared, owner, { changes, own, taker });
  const givenUp = rows.states.givenUp(provider.id, keyBytes);
  if (givenUp !== undefined) {
    // In a copy, the outside is the original's as well: it is written anew, and the record that it is not ours to remove stays.
    if (givenUp.reason === "copied") return { item: withNothing(givenUp.item), changes };
    changes.push(rows.states.removeGivenUp(provider.id, keyBytes));
    return { item: givenUp.reason === "moved" ? givenUp.item : withNothing(givenUp.item), changes };
  }
  return { item: lost(own), changes };
}

/** The component's own record of a state that is not its own any more: the component that took it may have removed it since. */
function lost(own: TrackedItem | undefined): TrackedItem | undefined {
  return own && withNothing(own);
}

/** Has the app know that the state is that of an original store, if the app that is its owner so far knows that. */
function markChanges(rows: AppRows, { key, keyBytes, provider }: DeclaredState): StateChange[] {
  const mark = markOfOriginal(rows, provider, key);
  if (mark === undefined) return [];
  return [rows.states.putGivenUp({ ...mark, item: { ...mark.item, providerId: provider.id, key: keyBytes } })];
}

/** Throws when the component declares the same state under another name, too. */
function requireOneName(component: Component, { key, provider }: DeclaredState, aliases: readonly AliasName[]): void {
  for (const name of ownNames(component.run.rows, aliases)) {
    const id = stateKey(name.providerId, name.key);
    if (!component.declared.has(id) && !component.declared.isContained(id)) continue;
    const { encodedPath: path, info } = component;
    throw conflict([...provider.path, key], component, { name: info.name, path }, undefined);
  }
}

/** The name under which a state is owned now that was taken from another name of it in the same app. */
function takerOfAlias(rows: AppRows, aliases: readonly AliasName[]): StateName | undefined {
  for (const name of ownNames(rows, aliases)) {
    const taker = rows.taker(name.providerId, name.key);
    if (taker !== undefined) return taker;
  }
  return undefined;
}

/** The owner of a state; without an app when it is the component's own app, under the very name. */
type Holder = StateName & { readonly app: StateOwner["app"] | undefined; readonly id: number };

function take(
  component: Component,
  declared: DeclaredState,
  owner: Holder,
  { changes, own, taker }: { changes: StateChange[]; own: TrackedItem | undefined; taker?: StateName | undefined },
): Claim {
  const { run } = component;
  const { rows } = run;
  const ownerRows = owner.app?.rows ?? rows;
  const row = ownerRows.tracking(owner.id);
  const item = row && findItem(row, owner);
  const isForeign = owner.appId !== rows.appId;
  if (!isForeign && owner.id === component.id) {
    changes.push(rows.removeOwner(owner.providerId, owner.key));
    return { item: item && inContainer(rows, item, declared), changes, formerly: owner };
  }
  if (row !== undefined && item !== undefined) {
    const isKept = isForeign
      ? taker !== undefined || run.isAppInUse(owner.app!.name)
      : isStateKept(run.mounted, owner.id, row, item);
    const app = isForeign ? owner.app?.name : undefined;
    if (isKept) throw conflict([...declared.provider.path, declared.key], component, row, app);
    if (!isForeign) run.mounted.noteTaken(owner.id, row.ancestors);
    // On record as well: should this run be interrupted, the next one must not skip the old owner either.
    changes.push(...voidMemosOf(ownerRows, owner.id, row));
  }
  if (owner.app === undefined) return { item: item ?? lost(own), changes };
  const name = { appId: rows.appId, providerId: declared.provider.id, key: declared.keyBytes };
  changes.push(ownerRows.putTaker(owner.providerId, owner.key, name));
  return {
    item: item === undefined ? lost(own) : inContainer(ownerRows, verified(ownerRows, item, run), declared),
    changes,
  };
}

/** The record of a state of another app: a write that a power cut may have undone, and that the app has not verified yet, is in doubt. */
function verified(rows: AppRows, item: TrackedItem, { unflushed }: Component["run"]): TrackedItem {
  const { written } = item;
  if (written === undefined || !unflushed.isEarlier(written) || readUnflushedBoot(rows) !== written.boot) return item;
  return withNothing(item);
}

/** The record of a state of another container as one of the container that it is declared in, whose generations are others. */
function inContainer(rows: AppRows, item: TrackedItem, { keyBytes, provider }: DeclaredState): TrackedItem | undefined {
  const container = containerOf(rows, item.providerId)?.item;
  const inside = container?.inside ?? { generation: 0, recreatedAt: 0 };
  if (item.generation < inside.recreatedAt) return undefined;
  const isCurrent = item.generation >= inside.generation && container?.states.includes(null) !== true;
  const { generation } = provider.inside;
  const moved = { ...item, providerId: provider.id, key: keyBytes, generation };
  return isCurrent ? moved : withNothing(moved);
}

/** Throws that a state of a memoized call, which is kept as it is, belongs to another component or app. */
export function requireOwned(component: Component, { key, providerId }: TrackedItem): void {
  const { id, run } = component;
  const { providers, rows } = run;
  const recorded = rows.owner(providerId, key);
  if (recorded === id) return;
  const taken = recorded === undefined ? currentOwner(rows, rows.taker(providerId, key)) : undefined;
  const owner = recorded ?? taken?.id;
  const row = owner === undefined ? undefined : (taken?.app.rows ?? rows).tracking(owner);
  if (row === undefined) return;
  const path = providers.resolve(providerId)?.path ?? [];
  const app = taken === undefined || taken.appId === rows.appId ? undefined : taken.app.name;
  throw conflict([...path, decodeKey(key)], component, row, app);
}

function conflict(
  state: readonly StableKey[],
  component: Component,
  other: Pick<TrackingRow, "name" | "path">,
  app: string | undefined,
): TidemarkError {
  const target = formatPath(state);
  const owner = formatPath(decodePath(other.path));
  const act = `Cannot declare target state ${target} in ${component.describe()}: \`${other.name}\` at ${owner}`;
  const message =
    app === undefined
      ? `${act} declares it as well; give each its own key`
      : `${act} of app "${app}" owns it; give each its own key, drop that app, or update it first if it no longer declares it`;
  const facts = { target, path: component.path, owner, ...(app === undefined ? {} : { app }) };
  return new TidemarkError("TARGET_CONFLICT", message, { facts });
}

function firstOf<T>(items: Iterable<T>): T | undefined {
  const [first] = items;
  return first;
}
