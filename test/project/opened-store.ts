import { createAppRows } from "../../lib/engine/records/app-list.ts";
import { StoreRows } from "../../lib/engine/records/store-rows.ts";
import { StoreHome } from "../../lib/project/store-home.ts";
import { readIdentity, type StoreIdentity } from "../../lib/project/store-identity.ts";
import { LmdbStore } from "../../lib/state/lmdb-store.ts";

/** The outcome of one opening of a store, which was closed again. */
export interface StoreOpening {
  readonly isConfirmed: boolean;
  /** Whether the app had to give up its target states outside of the project. */
  readonly isCopy: boolean;
  /** The place that was confirmed last. */
  readonly confirmedFolder: string;
  readonly identity: StoreIdentity;
}

/** Options of {@link openOnce}. */
export interface OpenOptions {
  /** Confirms the place. */
  readonly adopt?: boolean;
  readonly app?: string;
  /** Called when the app has to give up its target states outside of the project. */
  readonly giveUp?: () => void;
}

/** Opens the store in a folder as a run of an app does, and closes it. */
export async function openOnce(folder: string, options: OpenOptions = {}): Promise<StoreOpening> {
  const { adopt = false, app = "docs", giveUp } = options;
  await using store = await LmdbStore.open(folder);
  let isCopy = false;
  const home = await StoreHome.open(store, folder);
  const { isConfirmed } = home;
  await home.enterProject(app, {
    root: folder,
    isRootGiven: false,
    async giveUpOutside() {
      giveUp?.();
      isCopy = true;
    },
    async canonicalize() {},
    isCopyOf01: () => false,
    async forgetInside() {},
  });
  await createAppRows(store, app);
  if (adopt) await home.confirm();
  const identity = readIdentity(new StoreRows(store))!;
  return { isConfirmed, isCopy, confirmedFolder: home.confirmedFolder, identity };
}
