import type { StateChange } from "../../state/store.ts";
import { isSameBoot } from "../../time/boot-id.ts";
import type { AppRows } from "../records/app-rows.ts";
import { putBoot, putUnflushedBoot, readBoot, readUnflushedBoot } from "../records/boot-rows.ts";
import type { TrackedItem, UnflushedWrite } from "../records/row.ts";

/** The unflushed writes of an app, of an earlier boot and of the present one. A power cut may have undone the earlier ones. */
export class UnflushedWrites {
  /** The number of the present boot. */
  readonly boot: number;
  readonly #rows: AppRows;
  readonly #bootId: string | undefined;
  #isBegun: boolean;

  constructor(rows: AppRows, bootId: string | undefined) {
    const stored = readBoot(rows);
    this.#rows = rows;
    this.#bootId = bootId;
    this.boot = stored !== undefined && isSameBoot(stored.id, bootId) ? stored.number : (stored?.number ?? 0) + 1;
    this.#isBegun = readUnflushedBoot(rows) === this.boot;
  }

  /** The number of the earlier boot whose writes are to be verified; `undefined` when there are none. */
  get earlierBoot(): number | undefined {
    const boot = readUnflushedBoot(this.#rows);
    return boot === this.boot ? undefined : boot;
  }

  /** Whether a write was made before the machine was restarted. */
  isEarlier({ boot }: UnflushedWrite): boolean {
    return boot !== this.boot;
  }

  /** Returns the changes that remember that there are unflushed writes, to be written with the first record of one. */
  begin(items: readonly TrackedItem[]): StateChange[] {
    if (this.#isBegun || !items.some(({ written }) => written?.boot === this.boot)) return [];
    return this.#begin();
  }

  /** Notes that the changes of {@link begin} are stored. */
  noteBegun(changes: readonly StateChange[]): void {
    if (changes.length > 0) this.#isBegun = true;
  }

  /** Returns the changes that remember that the writes of the earlier boot are verified, except for some that are in doubt. */
  endEarlier({ hasDoubts }: { readonly hasDoubts: boolean }): StateChange[] {
    return hasDoubts ? this.#begin() : [putUnflushedBoot(this.#rows, undefined)];
  }

  #begin(): StateChange[] {
    const { boot } = this;
    return [putBoot(this.#rows, { number: boot, id: this.#bootId }), putUnflushedBoot(this.#rows, boot)];
  }
}
