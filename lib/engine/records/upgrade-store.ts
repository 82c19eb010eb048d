import type { StateChange, StateStore } from "../../state/store.ts";
import { StoreRows } from "./store-rows.ts";

/** One upgrade of the rows of a store that an earlier version may have written. */
export interface UpgradeStep {
  /** Its name, under which the store remembers that it is done. */
  readonly name: string;
  /** The changes that make the upgrade; none for a store that needs none, such as a new one. */
  changes(store: StateStore): Promise<readonly StateChange[]> | readonly StateChange[];
}

/** The upgrades of this version, oldest first. A step is never renamed or removed. */
export const UPGRADE_STEPS: readonly UpgradeStep[] = [];

/** The name of the row that lists the steps that are done. */
const DONE = "upgrades";

/**
 * Makes the upgrades that a store has not been through. The changes of a step are written in one transaction with the mark that it is done:
 * a step that was interrupted has changed nothing, and is made at the next opening.
 */
export async function upgradeStore(store: StateStore, steps: readonly UpgradeStep[]): Promise<void> {
  const rows = new StoreRows(store);
  for (const step of steps) {
    const done = (rows.get(DONE) ?? []) as readonly string[];
    if (done.includes(step.name)) continue;
    await rows.write([...(await step.changes(store)), rows.put(DONE, [...done, step.name])]);
  }
}
