import { checkOptions, type OptionChecks } from "../../options/check-options.ts";
import type { LiveMapChange } from "../sources/live-map-feed.ts";

const CHECKS: OptionChecks<LiveMapChange> = {
  at: { wanted: "a Date", accepts: (value) => value instanceof Date },
};

/**
 * The time of a change that a source has reported, if the source knows it.
 *
 * @throws TypeError for an option that does not exist, or a wrong value
 */
export function changeTime(change: LiveMapChange | undefined): Date | undefined {
  return change === undefined ? undefined : checkOptions("report a change", change, CHECKS).at;
}
