import type { LostWrites } from "../engine/execution/verify-writes.ts";
import type { Run } from "../engine/run/run.ts";
import { formatCountOf } from "../text/count.ts";
import { targetName } from "./target-location.ts";

/** Adds a notice of the target states that a restart of the machine has left missing or altered. */
export function noteLostWrites(run: Run, { count, paths }: LostWrites): void {
  if (count === 0) return;
  const names = paths.map((path) => targetName(path, run.project.root));
  const more = count - names.length;
  const message =
    `The machine was restarted since the last update: ${formatCountOf(count, "target state")} that it had written ` +
    `${count === 1 ? "is" : "are"} missing or altered, and ${count === 1 ? "is" : "are"} written again: ` +
    `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  run.report.notices.add({ code: "WRITES_LOST", message, path: "/" });
}
