import { byteString } from "../../state/byte-string.ts";
import { decodePath, encodeKey, encodePath, type StableKey } from "../../state/stable-key.ts";
import type { StateStore } from "../../state/store.ts";
import { appIds } from "./app-list.ts";
import { AppRows } from "./app-rows.ts";

/** One app of a store. */
export interface StoredApp {
  readonly name: string;
  readonly rows: AppRows;
  /** The ids of its providers, by {@link byteString} of their paths. */
  readonly providers: Map<string, number>;
}

/**
 * The apps of an open store with the providers of each, read once and kept up to date: a store is open in one process only, and all runs
 * in it share this index.
 */
export class StoredApps {
  readonly #store: StateStore;
  #apps: Map<number, StoredApp> | undefined;
  /** The paths of the insides of containers, by the path of the provider that the containers are in. */
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

  /** Adds a provider that was just stored. */
  addProvider(appId: number, path: Uint8Array, id: number): void {
    const key = byteString(path);
    this.#apps?.get(appId)?.providers.set(key, id);
    if (this.#insides !== undefined) addInside(this.#insides, path, key);
  }

  /** The paths of the insides of all apps' containers in the provider with the path `outer`, by {@link containerToken}. */
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
    for (const [name, id] of appIds(this.#store)) {
      const rows = new AppRows(this.#store, id);
      const providers = new Map([...rows.providers()].map(({ path, id: provider }) => [byteString(path), provider]));
      apps.set(id, { name, rows, providers });
    }
    return apps;
  }

  #readInsides(): Map<string, Map<string, string>> {
    const insides = new Map<string, Map<string, string>>();
    for (const { rows } of this.apps.values()) {
      for (const { path } of rows.providers()) addInside(insides, path, byteString(path));
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

/** Text that is the same for the same key of a container. */
export function containerToken(key: StableKey): string {
  return typeof key === "string" ? key : `\0${byteString(encodeKey(key))}`;
}

const NOTHING: ReadonlyMap<string, string> = new Map();

function addInside(insides: Map<string, Map<string, string>>, path: Uint8Array, key: string): void {
  const keys = decodePath(path);
  if (keys.length === 1) return;
  const outer = byteString(encodePath(keys.slice(0, -1)));
  const inside = insides.get(outer) ?? new Map<string, string>();
  insides.set(outer, inside.set(containerToken(keys.at(-1)!), key));
}
