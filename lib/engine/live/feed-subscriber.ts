import type { StableKey } from "../../state/stable-key.ts";
import type { MountHandle } from "../run/mount-handle.ts";
import type { LiveMapChange, LiveMapItems, LiveMapSubscriber } from "../sources/live-map-feed.ts";
import { isListable } from "../sources/mount-items.ts";
import { changeTime } from "./change-time.ts";
import { ChildDeletion } from "./child-deletion.ts";
import { excused } from "./excused.ts";
import type { FeedMount } from "./feed-mount.ts";
import { ChildUpdate } from "./launch.ts";
import { ListOperation } from "./list-operation.ts";

/** The subscriber that one attempt to follow a feed gives to it. Its methods queue operations. */
export class FeedSubscriber implements LiveMapSubscriber {
  readonly signal: AbortSignal;
  readonly #mount: FeedMount;

  constructor(mount: FeedMount, signal: AbortSignal) {
    this.#mount = mount;
    this.signal = signal;
  }

  updateAll(items?: LiveMapItems, change?: LiveMapChange): Promise<void> {
    return excused(this.signal, () => {
      const listed = items ?? this.#mount.feed;
      if (!isListable(listed)) {
        throw new TypeError(
          "Cannot list the items of a live source: it is not iterable; give the items to `updateAll`",
        );
      }
      const options = { mount: this.#mount, listed, signal: this.signal };
      return this.#mount.task.enqueue(new ListOperation(options, changeTime(change)));
    });
  }

  update(key: StableKey, value: unknown, change?: LiveMapChange): Promise<MountHandle> {
    return excused(this.signal, () => {
      const { items, task } = this.#mount;
      return task.enqueue(new ChildUpdate(this.#mount, items.childOf(key, value), changeTime(change)));
    });
  }

  delete(key: StableKey, change?: LiveMapChange): Promise<MountHandle> {
    return excused(this.signal, () => {
      const { items, task } = this.#mount;
      return task.enqueue(new ChildDeletion(this.#mount, items.pathOf(key), changeTime(change)));
    });
  }

  markReady(): Promise<void> {
    return excused(this.signal, () => this.#mount.task.markReady());
  }

  reportException(error: unknown): Promise<void> {
    return excused(this.signal, async () => void (await this.#mount.reporter.reportFailure(error)));
  }
}
