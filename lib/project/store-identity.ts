import { randomBytes } from "node:crypto";
import type { StoreRows } from "../engine/records/store-rows.ts";
import type { StateChange } from "../state/store.ts";

/** The identity of a store, and the folders in which it has been. */
export interface StoreIdentity {
  /** 128 random bits, as 32 hexadecimal digits. */
  readonly id: string;
  /** The canonical path of the store's folder when a run last opened it. */
  readonly openedAt: string;
  /** The canonical paths where runs may remove target states outside of the project: the original one first, the newest last. */
  readonly confirmed: readonly string[];
  /** The apps of a copy whose target states outside of the project are still to be given up. */
  readonly copiedApps: readonly string[];
}

/** The most confirmed places that are remembered; a CI job confirms another one each time. */
const MAX_CONFIRMED = 64;

const ROW = "identity";

/** Creates the identity of a store that has none, or that is a copy of another with these apps. */
export function createIdentity(folder: string, copiedApps: readonly string[] = []): StoreIdentity {
  return { id: randomBytes(16).toString("hex"), openedAt: folder, confirmed: [folder], copiedApps };
}

/** Adds a confirmed place. Beyond 64 places the oldest one but the original is forgotten. */
export function confirmPlace(identity: StoreIdentity, folder: string): StoreIdentity {
  const [original, ...later] = identity.confirmed.filter((path) => path !== folder);
  if (original === undefined) return { ...identity, confirmed: [folder] };
  return { ...identity, confirmed: [original, ...later.slice(2 - MAX_CONFIRMED), folder] };
}

/** Reads the identity of a store; `undefined` for a store that was never opened by a run, or by Tidemark 0.1 only. */
export function readIdentity(rows: StoreRows): StoreIdentity | undefined {
  return rows.get(ROW) as StoreIdentity | undefined;
}

/** Returns the change that stores the identity. */
export function putIdentity(rows: StoreRows, { confirmed, copiedApps, id, openedAt }: StoreIdentity): StateChange {
  return rows.put(ROW, { id, openedAt, confirmed, copiedApps });
}
