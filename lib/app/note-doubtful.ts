import type { Run } from "../engine/run/run.ts";
import { formatCountOf } from "../text/count.ts";

/** Adds a notice of the target states that an abandoned call of `apply` may yet change, once for a run. */
export function noteDoubtful(run: Run): void {
  const { numDoubtful } = run;
  if (numDoubtful === 0) return;
  const message =
    `${formatCountOf(numDoubtful, "target state")} may yet be changed by calls of \`apply\` that an aborted run has abandoned and that ` +
    "have not ended; the next update writes them again; have `apply` end when its `signal` is aborted";
  run.report.notices.add({ code: "APPLY_ABANDONED", message, path: "/" });
}
