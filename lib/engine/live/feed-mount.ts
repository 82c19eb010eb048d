import type { Component } from "../run/component.ts";
import type { ItemsPlace } from "../run/items-place.ts";
import type { LiveMapFeed } from "../sources/live-map-feed.ts";
import type { ChildOperationTarget } from "./child-operation.ts";
import type { EachItems } from "./each-items.ts";
import type { LiveTask } from "./live-task.ts";
import type { ReadyEntry } from "./ready-entry.ts";

/** One `mountEach` that follows a feed. Its items are children of the component that has called it. */
export interface FeedMount extends ChildOperationTarget {
  readonly feed: LiveMapFeed;
  readonly owner: Component;
  readonly place: ItemsPlace;
  readonly items: EachItems;
  readonly entry: ReadyEntry;
  readonly task: LiveTask;
}
