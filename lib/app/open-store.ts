import { findRowFault } from "../engine/records/row-envelope.ts";
import { UPGRADE_STEPS, upgradeStore, type UpgradeStep } from "../engine/records/upgrade-store.ts";
import type { StateStore } from "../state/store.ts";
import type { FolderUpgrade } from "../state/upgrade-folder.ts";
import type { Clock } from "../time/clock.ts";
import { systemClock } from "../time/system-clock.ts";
import { awaitDescriptors } from "./await-descriptors.ts";

/** Options of {@link openStore}. */
export interface OpenStoreOptions {
  /** Takes a message of the way back when the store is upgraded. */
  readonly log: (message: string) => void;
  /** @default the upgrades of this version */
  readonly steps?: readonly UpgradeStep[];
  /** Whether a store with damaged rows is opened, too, so that they can be repaired. @default false */
  readonly admitsDamagedRows?: boolean;
  /** Times the wait for free file descriptors. @default the machine's */
  readonly clock?: Clock;
}

/** Opens the store in a folder, and upgrades it if need be. */
export async function openStore(folder: string, options: OpenStoreOptions): Promise<StateStore> {
  const { admitsDamagedRows = false, clock = systemClock, log, steps = UPGRADE_STEPS } = options;
  // Loaded when first needed: a program that only defines its apps starts faster without the native module.
  const { LmdbStore } = await import("../state/lmdb-store.ts");
  const checks = admitsDamagedRows ? {} : { checkRow: findRowFault };
  const store = await awaitDescriptors(() => LmdbStore.open(folder, checks), clock);
  try {
    if (store.upgrade !== undefined) log(describeUpgrade(folder, store.upgrade));
    await upgradeStore(store, steps);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Warns by Node's own means, which `--disable-warning=TIDEMARK_STORE_UPGRADED` silences. */
export function warnOfUpgrade(message: string): void {
  process.emitWarning(message, { code: "TIDEMARK_STORE_UPGRADED" });
}

function describeUpgrade(folder: string, { copy }: FolderUpgrade): string {
  const wayBack =
    copy === undefined
      ? "there was no room for a copy: to go back, delete it, which costs one full run"
      : `to go back, copy the files in ${copy} over those of the store; else that folder can be deleted`;
  return `The state store at ${folder} was upgraded, and Tidemark 0.1.0 cannot read it any more; ${wayBack}`;
}
