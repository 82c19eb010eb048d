import type { Report } from "../../progress/report.ts";
import { Readiness } from "./readiness.ts";

/** What a group tells. */
export interface GroupHooks {
  /** Every member is ready. */
  onReady(): void;
  /** It is ready, and nobody holds it any more. */
  onEnd(): void;
}

/** Whether the watches of a group that one function has begun end when the group is ready; `false` until then. */
export interface WatchEnd {
  readonly isAtCatchUp: boolean;
}

/** One opened stats group inside a run: where its members are counted, when they are all ready, and when they have ended. */
export class GroupScope {
  readonly report: Report;
  /** Closed when the group's body ends; ready when every member is as well. */
  readonly readiness: Readiness;
  /** The group around it, opened by the same component. */
  readonly outer: GroupScope | undefined;
  readonly #hooks: GroupHooks;
  /** The ends to decide on, by the readiness of the component whose function has begun the watch. */
  readonly #undecided = new Map<Readiness, { isAtCatchUp: boolean }>();
  #numHolds = 0;
  #hasEnded = false;

  constructor(report: Report, outer: GroupScope | undefined, hooks: GroupHooks) {
    this.report = report;
    this.outer = outer;
    this.#hooks = hooks;
    outer?.readiness.enter();
    report.openListing();
    this.readiness = new Readiness(() => {
      this.#decide();
      hooks.onReady();
      this.#endIfOver();
      this.outer?.readiness.leave();
    });
    this.readiness.onClose(() => report.closeListing());
  }

  /** Keeps the group from ending until {@link release} is called as often. */
  hold(): void {
    this.#numHolds++;
  }

  release(): void {
    this.#numHolds--;
    this.#endIfOver();
  }

  /** Whether somebody holds it. */
  get isHeld(): boolean {
    return this.#numHolds > 0;
  }

  /**
   * This group, or the nearest one around it that is not closed. Code that outlives the body (a timer, a forgotten promise) still
   * runs in the group's scope; what it mounts must not be counted in a report that may have ended.
   */
  get nearestOpen(): GroupScope | undefined {
    return this.readiness.isClosed ? this.outer?.nearestOpen : this;
  }

  /**
   * Returns the end of a watch that a component's function begins. If the function still runs when the group becomes ready, it may wait
   * for the watch, and the run would wait for both: the watch ends then. Otherwise the watch goes on for as long as the group.
   */
  endOfWatch(caller: Readiness): WatchEnd {
    if (this.readiness.isReady) return { isAtCatchUp: !caller.isClosing };
    const end = this.#undecided.get(caller) ?? { isAtCatchUp: false };
    this.#undecided.set(caller, end);
    return end;
  }

  #decide(): void {
    for (const [caller, end] of this.#undecided) end.isAtCatchUp = !caller.isClosing;
    this.#undecided.clear();
  }

  #endIfOver(): void {
    if (this.#hasEnded || this.isHeld || !this.readiness.isReady) return;
    this.#hasEnded = true;
    this.#hooks.onEnd();
  }
}
