import { givenUpState } from "../engine/targets/recorded-states.ts";
import type { Run } from "../engine/run/run.ts";
import { formatCountOf } from "../text/count.ts";
import { targetName } from "./target-location.ts";

/** The target states that a notice names. */
const MAX_NAMED = 3;

/**
 * Adds a notice of the target states that wait to be removed until the place of a moved store is confirmed, once for a run. `formerFolder`
 * is the place of the store that was confirmed last.
 */
export function noteWaiting(run: Run, formerFolder: string): void {
  if (run.project.isConfirmed) return;
  const waiting = [...run.rows.states.allGivenUp()].filter(({ reason }) => reason === "moved");
  if (waiting.length === 0) return;
  const names = waiting
    .slice(0, MAX_NAMED)
    .map((row) => targetName(givenUpState(run.rows, row).path, run.project.root));
  const more = waiting.length - names.length;
  const count = formatCountOf(waiting.length, "target state");
  const message =
    `The project was moved: its store was at ${formerFolder} before; ${count} outside of the project ` +
    `${waiting.length === 1 ? "waits" : "wait"} to be removed until you confirm the new place with \`tidemark update --adopt\` ` +
    `or \`update({ adopt: true })\`: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  run.report.notices.add({ code: "TARGET_MOVED", message, path: "/" });
}
