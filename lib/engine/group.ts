import type { Report } from "../progress/report.ts";
import { Readiness } from "./readiness.ts";

/** One opened stats group inside a run: where its members are counted, and when they are all ready. */
export class GroupScope {
  readonly report: Report;
  /** Closed when the group's body ends; ready when every member is as well. */
  readonly readiness: Readiness;
  readonly #outer: GroupScope | undefined;

  constructor(report: Report, outer: GroupScope | undefined, onReady: () => void) {
    this.report = report;
    this.#outer = outer;
    outer?.readiness.enter();
    report.openListing();
    this.readiness = new Readiness(() => {
      onReady();
      this.#outer?.readiness.leave();
    });
    this.readiness.onClose(() => report.closeListing());
  }

  /**
   * This group, or the nearest one around it that is not closed. Code that outlives the body (a timer, a forgotten promise) still
   * runs in the group's scope; what it mounts must not be counted in a report that may have ended.
   */
  get nearestOpen(): GroupScope | undefined {
    return this.readiness.isClosed ? this.#outer?.nearestOpen : this;
  }
}
