import type { Report } from "../../progress/report.ts";

/** Where a `mountEach` puts its items: what vanished from there is counted in its group, or kept if the listing failed. */
export interface ItemsPlace {
  /** The encoded path below the component. */
  readonly path: Uint8Array;
  readonly report: Report;
  isComplete: boolean;
}
