import type { FollowableReport } from "../../progress/followable-report.ts";
import { systemClock } from "../../time/system-clock.ts";

/** Shows a report until it ends. The promise resolves after its last block, and never rejects. */
export type StdoutReporter = (
  report: Omit<FollowableReport, "stats">,
  options: {
    /** The least time between two renewals of the shown counts, in milliseconds; finite and greater than 0. */
    readonly intervalMs: number;
  },
) => Promise<void>;

/** Loads the reporter of standard output: most programs print nothing, and it takes as long to load as the rest of the package. */
export async function loadStdoutReporter(): Promise<StdoutReporter> {
  const { reportOn } = await import("./report-on.ts");
  return (report, { intervalMs }) => reportOn(process, report, { intervalMs, clock: systemClock, env: process.env });
}

/** Shows a report on the standard output of this process; all reports of the process share one display. */
export const reportOnStdout: StdoutReporter = async (report, options) => {
  const reporter = await loadStdoutReporter();
  await reporter(report, options);
};
