import type { Report } from "../../progress/report.ts";
import { Readiness } from "./readiness.ts";
import { WatchEnds } from "./watch-ends.ts";

/** What a group tells. */
export interface GroupHooks {
  /** Every member is ready. */
  onReady(): void;
  /** It is ready, and nobody holds it any more. */
  onEnd(): void;
}

/** One opened stats group inside a run: where its members are counted, when they are all ready, and when they have ended. */
export class GroupScope {
  readonly report: Report;
  /** Closed when the group's body ends; ready when every member is as well. */
  readonly readiness: Readiness;
  /** The group around it, opened by the same component. */
  readonly outer: GroupScope | undefined;
  readonly watchEnds: WatchEnds = new WatchEnds();
  readonly #hooks: GroupHooks;
  #numHolds = 0;
  #hasEnded = false;

  constructor(report: Report, outer: GroupScope | undefined, hooks: GroupHooks) {
    this.report = report;
    this.outer = outer;
    this.#hooks = hooks;
    outer?.readiness.enter();
    report.openListing();
    this.readiness = new Readiness(() => {
      // Deletions hold the group only from the next step on.
      this.watchEnds.decide(this.isHeld);
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

  #endIfOver(): void {
    if (this.#hasEnded || this.isHeld || !this.readiness.isReady) return;
    this.#hasEnded = true;
    this.#hooks.onEnd();
  }
}
