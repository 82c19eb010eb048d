import { leave } from "../execution/start.ts";
import type { Component } from "../run/component.ts";
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

  /** The source is ready, or has failed before: `failure` is the one that no exception handler has swallowed. */
  leave(failure?: Failure): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#completion.leave(failure ?? this.#failure);
    this.leaveSurroundings();
  }

  /** Ends the wait of the component and of the stats group. */
  protected abstract leaveSurroundings(): void;
}

/** The entry of a feed, in the readiness of the component that follows it and of the stats group around. */
export class FeedEntry extends ReadyEntry {
  readonly #component: Readiness;
  readonly #group: Readiness | undefined;

  constructor(completion: MountCompletion, component: Readiness, group: Readiness | undefined) {
    super(completion);
    this.#component = component;
    this.#group = group;
    component.enter();
    group?.enter();
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
