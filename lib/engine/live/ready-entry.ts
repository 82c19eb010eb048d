import { leave } from "../execution/start.ts";
import type { Component } from "../run/component.ts";
import type { ItemsPlace } from "../run/items-place.ts";
import type { MountCompletion } from "../run/mount-completion.ts";
import type { Readiness } from "../run/readiness.ts";
import type { Failure } from "./failure.ts";

/** The entry of one live source in its handle and in the readiness of its surroundings, until the source is ready. */
export abstract class ReadyEntry {
  readonly #completion: MountCompletion;
  #failure: Failure | undefined;
  #isReady = false;

  constructor(completion: MountCompletion) {
    this.#completion = completion;
    completion.enter();
  }

  /** Whether the source is ready. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Keeps the first failure of the initial operations for the handle. */
  noteFailure(failure: Failure | undefined): void {
    this.#failure ??= failure;
  }

  /** Ends the wait for a source that has failed: `failure` is the one that no exception handler has swallowed. */
  fail(failure: Failure | undefined): void {
    this.leave(failure);
  }

  /** Ends the wait for a source that is ready, or has ended or failed before. */
  leave(failure?: Failure): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#completion.leave(failure ?? this.#failure);
    this.leaveSurroundings();
  }

  /** Ends the wait of the component and of the stats group. */
  protected abstract leaveSurroundings(): void;
}

/** Options of {@link FeedEntry}. */
export interface FeedEntryOptions {
  /** The readiness of the component that follows the feed. */
  readonly component: Readiness;
  /** The readiness of the stats group around. */
  readonly group: Readiness | undefined;
  /** The place of the items: vanished ones are kept if the feed fails before it is ready. */
  readonly place: ItemsPlace;
}

/** The entry of a feed, in the readiness of the component that follows it and of the stats group around. */
export class FeedEntry extends ReadyEntry {
  readonly #component: Readiness;
  readonly #group: Readiness | undefined;
  readonly #place: ItemsPlace;

  constructor(completion: MountCompletion, { component, group, place }: FeedEntryOptions) {
    super(completion);
    this.#component = component;
    this.#group = group;
    this.#place = place;
    component.enter();
    group?.enter();
  }

  override fail(failure: Failure | undefined): void {
    // A source that fails before it is ready may not have reported all of its items, though it has listed some.
    if (!this.isReady) this.#place.isComplete = false;
    super.fail(failure);
  }

  protected override leaveSurroundings(): void {
    this.#group?.leave();
    this.#component.leave();
  }
}

/** The entry of a live component: its surroundings have waited since it was created, as for any other child. */
export class ComponentEntry extends ReadyEntry {
  readonly #child: Component;

  constructor(completion: MountCompletion, child: Component) {
    super(completion);
    this.#child = child;
  }

  protected override leaveSurroundings(): void {
    leave(this.#child);
  }
}
