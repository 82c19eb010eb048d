import { deleteAll } from "../execution/deletion.ts";
import { requireFewDeletes } from "../execution/require-few-deletes.ts";
import { vanished } from "../execution/sweep.ts";
import { noteEmptySource } from "../run/note-empty-source.ts";
import { MountCompletion } from "../run/mount-completion.ts";
import { AbortableItems } from "../sources/abortable-items.ts";
import type { LiveMapItems } from "../sources/live-map-feed.ts";
import { readItem } from "../sources/mount-items.ts";
import { SteppedItems } from "../sources/stepped-items.ts";
import { failureOf } from "./failure.ts";
import type { FeedMount } from "./feed-mount.ts";
import { FullOperation, type FullOperationOptions } from "./full-operation.ts";
import { launch } from "./launch.ts";

/** Options of {@link ListOperation}. */
export interface ListOperationOptions extends FullOperationOptions {
  readonly mount: FeedMount;
  readonly listed: LiveMapItems;
}

/** Mounts every listed item of a feed, and deletes the children whose items are not listed. */
export class ListOperation extends FullOperation<ListOperationOptions> {
  protected override async perform(): Promise<boolean> {
    const { mount, signal } = this.options;
    const { entry, owner, place } = mount;
    const { run } = owner;
    // Until this listing ends, an item that an earlier one has mounted may only seem to have vanished.
    place.isComplete = false;
    const listing = new MountCompletion();
    place.report.openListing();
    try {
      await this.#mountAll(listing);
    } finally {
      place.report.closeListing();
      listing.close();
      entry.noteFailure(await failureOf(listing));
    }
    // Items that heed the signal may have ended early.
    signal.throwIfAborted();
    place.isComplete = true;
    run.throwIfAborted();
    // A component that is being executed deletes its vanished children at its end.
    if (!run.isUnderWay(owner)) await this.#deleteVanished();
    return true;
  }

  async #deleteVanished(): Promise<void> {
    const { owner, place } = this.options.mount;
    const { path: within } = place;
    try {
      await requireFewDeletes(owner, { within });
    } catch (error) {
      // As if it had broken off: nothing may be deleted because of it.
      place.isComplete = false;
      throw error;
    }
    await deleteAll(owner.run, (after) => vanished(owner, { after, within }));
  }

  async #mountAll(listing: MountCompletion): Promise<void> {
    const { listed, mount, signal } = this.options;
    const { children, feed, items, owner, place } = mount;
    await children.unmountAll(place.path);
    let isEmpty = true;
    using abortable = new AbortableItems(listed, signal);
    for await (const item of abortable) {
      signal.throwIfAborted();
      isEmpty = false;
      const [key, value] = readItem(item);
      await launch(children.adoptOnce(items.childOf(key, value)), listing);
      await owner.run.pause();
    }
    if (!isEmpty) return;
    const reason = feed instanceof SteppedItems ? feed.emptyReason : undefined;
    noteEmptySource(owner, place, { name: items.name, reason });
  }
}
