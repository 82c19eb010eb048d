import type { Report } from "../../progress/report.ts";

/** The place below a component where one `mountEach` mounts its items. A failed listing keeps vanished items; `report` counts others. */
export interface ItemsPlace {
  /** The encoded path below the component. */
  readonly path: Uint8Array;
  readonly report: Report;
  isComplete: boolean;
}
