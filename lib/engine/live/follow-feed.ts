import { decodePath, formatPath, joinPaths } from "../../state/stable-key.ts";
import { requireMountable } from "../execution/start.ts";
import type { FunctionInfo } from "../memo/function-info.ts";
import type { Frame } from "../run/frame.ts";
import { MountCompletion } from "../run/mount-completion.ts";
import type { MountHandle } from "../run/mount-handle.ts";
import type { Mounting } from "../run/mounting.ts";
import type { LiveMapFeed } from "../sources/live-map-feed.ts";
import { EachItems } from "./each-items.ts";
import type { FeedMount } from "./feed-mount.ts";
import { FeedSubscriber } from "./feed-subscriber.ts";
import { LiveChildren } from "./live-children.ts";
import type { LiveSource } from "./live-source.ts";
import { LiveTask } from "./live-task.ts";
import { FeedEntry } from "./ready-entry.ts";
import { SourceReporter } from "./source-reporter.ts";

/** A feed, and where its items are mounted. */
export interface FollowedFeed {
  readonly feed: LiveMapFeed;
  /** The encoded path below the component, to which the key of each item is added. */
  readonly path: Uint8Array;
}

/** Begins to follow a feed. Neither the component nor the handle is ready before the feed is. */
export function followFeed(
  frame: Frame,
  info: FunctionInfo,
  args: readonly unknown[],
  { feed, path }: FollowedFeed,
): MountHandle {
  requireMountable(frame);
  const { component: owner, scope } = frame;
  const { handlers } = scope;
  const group = scope.group?.nearestOpen;
  const mounting: Mounting = { kind: "mountEach", group, handlers };
  const place = { path, report: group?.report ?? owner.report, handlers, isComplete: false };
  owner.body.addPlace(place);
  const items = new EachItems(info, args, path, owner.root);
  const completion = new MountCompletion();
  const entry = new FeedEntry(completion, { component: owner.body.readiness, group: group?.readiness, place });
  completion.close();
  const sourcePath = formatPath(decodePath(joinPaths(owner.encodedPath, path)));
  const reporter = new SourceReporter({ owner, group, handlers, name: info.name, path: sourcePath });
  const task = new LiveTask({ component: owner, entry, reporter });
  const children = new LiveChildren({ parent: owner, mounting, ownsAll: false });
  task.start(new FeedSource({ feed, owner, place, items, entry, reporter, task, children }));
  return completion.handle;
}

class FeedSource implements LiveSource {
  readonly #mount: FeedMount;

  constructor(mount: FeedMount) {
    this.#mount = mount;
  }

  follow(signal: AbortSignal): Promise<void> {
    return this.#mount.feed.watch(new FeedSubscriber(this.#mount, signal));
  }
}
