import { decodeValue } from "../../state/codec.ts";
import { decodePath } from "../../state/stable-key.ts";
import type { StateChange, StateStore } from "../../state/store.ts";
import { AppRows } from "./app-rows.ts";
import { putValue, removeRow } from "./row-change.ts";
import { decodeRow } from "./row-envelope.ts";
import { createAppKey, FAMILY } from "./row-keys.ts";

/** Lists the names of the apps that have rows in a store. */
export function listApps(store: StateStore): readonly string[] {
  return appIds(store).map(([name]) => name);
}

/** Finds the rows of an app; `undefined` when it has none. */
export function findAppRows(store: StateStore, name: string): AppRows | undefined {
  const key = createAppKey(name);
  const value = store.get(key);
  return value === undefined ? undefined : new AppRows(store, readAppId(key, value));
}

/** Finds the rows of an app, and stores the app first when it is new. */
export async function createAppRows(store: StateStore, name: string): Promise<AppRows> {
  const existing = findAppRows(store, name);
  if (existing !== undefined) return existing;
  const appId = Math.max(0, ...appIds(store).map(([, id]) => id)) + 1;
  await store.write([putValue(createAppKey(name), appId)]);
  return new AppRows(store, appId);
}

/** Lists the names of the apps of a store with their ids. */
export function appIds(store: StateStore): readonly (readonly [name: string, id: number])[] {
  return [...appRows(store)].map(({ key, value }) => [decodePath(key.subarray(1))[0] as string, readAppId(key, value)]);
}

/** Returns the change that removes an app's own row; its other rows go first, see {@link AppRows.removeAll}. */
export function removeApp(name: string): StateChange {
  return removeRow(createAppKey(name));
}

function appRows(store: StateStore): ReturnType<StateStore["range"]> {
  return store.range(Uint8Array.of(FAMILY.app), Uint8Array.of(FAMILY.app + 1));
}

function readAppId(key: Uint8Array, value: Uint8Array): number {
  return decodeRow(key, value, decodeValue) as number;
}
