import type { Report } from "../../progress/report.ts";
import type { ExceptionHandler } from "./exceptions.ts";

/** The place below a component where one `mountEach` mounts its items. A failed listing keeps vanished items; `report` counts others. */
export interface ItemsPlace {
  /** The encoded path below the component. */
  readonly path: Uint8Array;
  readonly report: Report;
  /** The handlers of failures in the scope of the call, innermost first; also asked when an item cannot be deleted. */
  readonly handlers: readonly ExceptionHandler[];
  isComplete: boolean;
}
