import { byteString } from "../../state/byte-string.ts";
import { decodePath, encodeKey, encodePath, type StableKey } from "../../state/stable-key.ts";
import type { StateStore } from "../../state/store.ts";
import { toPlace } from "../../places/place.ts";
import { appIds } from "./app-list.ts";
import { readAppPlace } from "./app-places.ts";
import { AppRows } from "./app-rows.ts";
import { locatedKey, locatedPath } from "./located-path.ts";
import { withPlace } from "./place-key.ts";
import { isPlaceKind } from "./place-kinds.ts";
import { StoreRows } from "./store-rows.ts";

/** One app of a store. */
export interface StoredApp {
  readonly name: string;
  readonly rows: AppRows;
  /** The project's folder that it ran for last; `undefined` for an app that has run with Tidemark 0.1 only. */
  readonly root: string | undefined;
  /** The ids of its providers, by {@link StoredApps.keyOf}. */
  readonly providers: Map<string, number>;
}

/**
 * The apps of an open store with the providers of each, read once and kept up to date: a store is open in one process only, and all runs
 * in it share this index.
 */
export class StoredApps {
  readonly #store: StateStore;
  #apps: Map<number, StoredApp> | undefined;
  /** The keys of the insides of containers, by that of the provider that the containers are in. */
  #insides: Map<string, Map<string, string>> | undefined;

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** The apps by their ids. */
  get apps(): ReadonlyMap<number, StoredApp> {
    this.#apps ??= this.#readApps();
    return this.#apps;
  }

  /** Includes an app of which a run begins: it may be new. */
  include(appId: number): void {
    if (this.#apps?.has(appId) === false) this.forget();
  }

  /** Text that is the same for the same provider of any app, though their places are relative to different roots. */
  keyOf(appId: number, path: readonly StableKey[]): string {
    return keyOf(path, this.apps.get(appId)?.root);
  }

  /** Text that is the same for the same container of any app in a provider with the name `kind`. */
  containerTokenOf(appId: number, kind: StableKey, container: StableKey): string {
    return containerToken(locatedKey(kind, container, this.apps.get(appId)?.root));
  }

  /** Returns a key of the provider at `path` as another app writes it: a place is relative to that app's root. */
  keyIn(app: StoredApp, path: readonly StableKey[], key: StableKey, appId: number): StableKey {
    const root = this.apps.get(appId)?.root;
    const [kind] = path;
    if (path.length > 1 || kind === undefined || !isPlaceKind(kind) || root === app.root) return key;
    return withPlace(locatedKey(kind, key, root), (place) =>
      app.root === undefined ? place : toPlace(app.root, place),
    );
  }

  /** Adds a provider that was just stored. */
  addProvider(appId: number, path: Uint8Array, id: number): void {
    const app = this.#apps?.get(appId);
    if (app === undefined) return;
    const keys = decodePath(path);
    app.providers.set(keyOf(keys, app.root), id);
    if (this.#insides !== undefined) addInside(this.#insides, keys, app.root);
  }

  /** The keys of the insides of all apps' containers in the provider with the key `outer`, by {@link containerTokenOf}. */
  insidesOf(outer: string): ReadonlyMap<string, string> {
    this.#insides ??= this.#readInsides();
    return this.#insides.get(outer) ?? NOTHING;
  }

  /** Forgets everything that was read, for example because an app was removed. */
  forget(): void {
    this.#apps = undefined;
    this.#insides = undefined;
  }

  #readApps(): Map<number, StoredApp> {
    const apps = new Map<number, StoredApp>();
    const storeRows = new StoreRows(this.#store);
    for (const [name, id] of appIds(this.#store)) {
      const rows = new AppRows(this.#store, id);
      const root = readAppPlace(storeRows, name)?.root;
      const providers = new Map(
        Array.from(rows.providers(), ({ path, id: provider }) => [keyOf(decodePath(path), root), provider] as const),
      );
      apps.set(id, { name, rows, root, providers });
    }
    return apps;
  }

  #readInsides(): Map<string, Map<string, string>> {
    const insides = new Map<string, Map<string, string>>();
    for (const { root, rows } of this.apps.values()) {
      for (const { path } of rows.providers()) addInside(insides, decodePath(path), root);
    }
    return insides;
  }
}

const indexes = new WeakMap<StateStore, StoredApps>();

/** The index of the apps of a store. */
export function storedApps(store: StateStore): StoredApps {
  let index = indexes.get(store);
  if (index === undefined) {
    index = new StoredApps(store);
    indexes.set(store, index);
  }
  return index;
}

const NOTHING: ReadonlyMap<string, string> = new Map();

function keyOf(path: readonly StableKey[], root: string | undefined): string {
  return byteString(encodePath(locatedPath(path, root)));
}

function containerToken(key: StableKey): string {
  return typeof key === "string" ? key : `\0${byteString(encodeKey(key))}`;
}

function addInside(
  insides: Map<string, Map<string, string>>,
  path: readonly StableKey[],
  root: string | undefined,
): void {
  if (path.length === 1) return;
  const located = locatedPath(path, root);
  const outer = byteString(encodePath(located.slice(0, -1)));
  const inside = insides.get(outer) ?? new Map<string, string>();
  insides.set(outer, inside.set(containerToken(located.at(-1)!), keyOf(path, root)));
}
