import { realpathSync } from "node:fs";
import { listApps } from "../engine/records/app-list.ts";
import { moveAppPlaces, putAppPlace, readAppPlace, removeAppPlace } from "../engine/records/app-places.ts";
import { storedApps } from "../engine/records/stored-apps.ts";
import { StoreRows } from "../engine/records/store-rows.ts";
import type { StateStore } from "../state/store.ts";
import { isNested, isOtherProject, projectConflict } from "./app-place.ts";
import { writeBeacon } from "./store-beacon.ts";
import { confirmPlace, createIdentity, putIdentity, readIdentity, type StoreIdentity } from "./store-identity.ts";
import { locateStore } from "./store-location.ts";

/** The project that an app is run for, with the changes of the app's records that a new project may need. */
export interface AppProject {
  readonly root: string;
  /** Whether the user has named the root: another root than before is meant then. */
  readonly isRootGiven: boolean;
  /** Gives up all target states of the app outside of the project, without removing them; it may be repeated. */
  readonly giveUpOutside: () => Promise<unknown>;
  /**
   * Whether the app, which has run with 0.1 only, is in a copy of its store: 0.1 gave stores no id. `store` is the store's folder.
   */
  readonly isCopyOf01: (store: string) => boolean;
  /** Gives the recorded places of the app, which are relative to `formerRoot`, their canonical names in the project. */
  readonly canonicalize: (formerRoot: string) => Promise<unknown>;
  /** Forgets all target states of the app below the root, without removing them; it may be repeated. */
  readonly forgetInside: () => Promise<unknown>;
}

/** The place of an open store: whether target states outside of the project may be removed from here, and for which projects apps run. */
export class StoreHome {
  readonly #rows: StoreRows;
  /** The canonical path of the store's folder. */
  readonly #folder: string;
  #identity: StoreIdentity;
  #isConfirmed: boolean;
  /** The apps that were run since the store was opened. */
  readonly #entered = new Set<string>();

  /** Finds out whether the store in `folder` was moved or copied since a run last opened it. A copy takes a new identity. */
  static async open(store: StateStore, folder: string): Promise<StoreHome> {
    const rows = new StoreRows(store);
    const here = realpathSync(folder);
    const known = readIdentity(rows);
    const location = known === undefined ? "confirmed" : locateStore(known, here);
    const identity = identify(known, here, location === "copied" ? listApps(store) : undefined);
    if (identity.id !== known?.id || identity.openedAt !== known.openedAt) {
      await rows.write([putIdentity(rows, identity), ...moveAppPlaces(rows, here)]);
    }
    // After the record: a beacon that nothing records would hide that this store is a copy.
    writeBeacon(here, identity.id);
    return new StoreHome(rows, here, identity, location !== "moved");
  }

  private constructor(rows: StoreRows, folder: string, identity: StoreIdentity, isConfirmed: boolean) {
    this.#rows = rows;
    this.#folder = folder;
    this.#identity = identity;
    this.#isConfirmed = isConfirmed;
  }

  /** Whether target states outside of the project may be removed: only at a confirmed place. */
  get isConfirmed(): boolean {
    return this.#isConfirmed;
  }

  /** The place that was confirmed last. */
  get confirmedFolder(): string {
    return this.#identity.confirmed.at(-1) ?? this.#folder;
  }

  /** Confirms the present place, for good. */
  async confirm(): Promise<void> {
    if (this.#isConfirmed) return;
    await this.#identify(confirmPlace(this.#identity, this.#folder));
    this.#isConfirmed = true;
  }

  /**
   * Remembers for which project an app runs. In a copy, the target states outside of the project stay with the original: the app gives them
   * up at its first run, when the targets in its code are defined. For another root of the same store, the target states below the earlier
   * root stay where they are.
   *
   * @throws TidemarkError `PROJECT_CONFLICT` when the app ran for another project that still exists, and the root is not given
   */
  async enterProject(app: string, project: AppProject): Promise<void> {
    const place = { store: this.#folder, root: project.root };
    const known = readAppPlace(this.#rows, app);
    const isCopied = this.#identity.copiedApps.includes(app);
    // The project of the original is no concern of a copy.
    const isOther = !isCopied && isOtherProject(known, place);
    if (isOther && !project.isRootGiven) throw projectConflict(app, known, place);
    const isRebased = isOther && isNested(known.root, project.root);
    if (isOther && !isRebased) await project.forgetInside();
    if (!this.#entered.has(app) || isRebased) await project.canonicalize(isRebased ? known.root : project.root);
    this.#entered.add(app);
    if (known === undefined && project.isCopyOf01(this.#folder)) await project.giveUpOutside();
    if (isCopied) await this.#separate(app, project);
    const changes = putAppPlace(this.#rows, app, place);
    if (changes.length > 0) await this.#rows.write(changes);
    storedApps(this.#rows.store).forget();
  }

  /** Forgets for which project a dropped app ran. */
  async leaveProject(app: string): Promise<void> {
    const changes = removeAppPlace(this.#rows, app);
    if (changes.length > 0) await this.#rows.write(changes);
  }

  async #separate(app: string, { giveUpOutside }: AppProject): Promise<void> {
    await giveUpOutside();
    const copiedApps = this.#identity.copiedApps.filter((name) => name !== app);
    await this.#identify({ ...this.#identity, copiedApps });
  }

  async #identify(identity: StoreIdentity): Promise<void> {
    await this.#rows.write([putIdentity(this.#rows, identity)]);
    this.#identity = identity;
  }
}

/** The identity of a store in its present place; `copiedApps` are the apps of a copy. */
function identify(
  known: StoreIdentity | undefined,
  here: string,
  copiedApps: readonly string[] | undefined,
): StoreIdentity {
  if (known === undefined || copiedApps !== undefined) return createIdentity(here, copiedApps);
  return { ...known, openedAt: here };
}
