import { deleteAll } from "../execution/deletion.ts";
import { vanished } from "../execution/sweep.ts";
import { MountCompletion } from "../run/mount-completion.ts";
import type { LiveMapItems } from "../sources/live-map-feed.ts";
import { readItem } from "../sources/mount-items.ts";
import { failureOf } from "./failure.ts";
import type { FeedMount } from "./feed-mount.ts";
import { FullOperation } from "./full-operation.ts";
import { launch } from "./launch.ts";

/** Mounts every listed item of a feed, and deletes the children whose items are not listed. */
export class ListOperation extends FullOperation {
  readonly #mount: FeedMount;
  readonly #items: LiveMapItems;

  constructor(mount: FeedMount, items: LiveMapItems, signal: AbortSignal, at: Date | undefined) {
    super(signal, at);
    this.#mount = mount;
    this.#items = items;
  }

  protected override async perform(): Promise<boolean> {
    const { owner, place } = this.#mount;
    const { run } = owner;
    const listing = new MountCompletion();
    place.report.openListing();
    try {
      await this.#mountAll(listing);
    } finally {
      place.report.closeListing();
      listing.close();
      this.#mount.entry.noteFailure(await failureOf(listing));
    }
    place.isComplete = true;
    run.throwIfAborted();
    // A component that is being executed deletes its vanished children at its end.
    if (!run.isUnderWay(owner)) await deleteAll(run, (after) => vanished(owner, { after, within: place.path }));
    return true;
  }

  async #mountAll(listing: MountCompletion): Promise<void> {
    const { children, items, owner, place } = this.#mount;
    await children.unmountAll(place.path);
    for await (const item of this.#items) {
      this.signal.throwIfAborted();
      const [key, value] = readItem(item);
      await launch(await children.adopt(items.childOf(key, value)), listing);
      await owner.run.pause();
    }
  }
}
