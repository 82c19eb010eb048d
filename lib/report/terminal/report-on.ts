import { isatty } from "node:tty";
import type { FollowableReport } from "../../progress/followable-report.ts";
import type { Clock } from "../../time/clock.ts";
import { displayOn } from "./display-on.ts";
import { followReport } from "./display.ts";
import { chooseProgressMode, type Env, type ProgressMode } from "./progress-mode.ts";
import type { StandardStreams } from "./screen.ts";

/** Options of {@link reportOn}. */
export interface ReportOnOptions {
  /** The least time between two renewals of the shown counts, in milliseconds; finite and greater than 0. */
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly env: Env;
}

/**
 * Shows a run or a stats group on an output stream until it ends, in the mode that suits the stream; all reports on one stream share one
 * display. The promise resolves after the last block, and never rejects.
 */
export async function reportOn(
  streams: StandardStreams,
  report: Omit<FollowableReport, "stats">,
  options: ReportOnOptions,
): Promise<void> {
  const mode = chooseMode(streams, options.env);
  if (mode === "none") return;
  if (mode === "json") return streamJson(streams, report, options);
  await followReport(report, { ...options, display: displayOn(streams, { ...options, mode }) });
}

/** Chooses the mode of a stream; a wrong environment variable is a warning here. */
function chooseMode({ stdout }: StandardStreams, env: Env): ProgressMode {
  const isTerminal = isatty(stdout.fd);
  try {
    return chooseProgressMode(env, isTerminal);
  } catch (error) {
    process.emitWarning(error as RangeError);
    return chooseProgressMode({ ...env, TIDEMARK_PROGRESS: undefined }, isTerminal);
  }
}

async function streamJson(
  { stdout }: StandardStreams,
  report: Omit<FollowableReport, "stats">,
  { clock, intervalMs }: ReportOnOptions,
): Promise<void> {
  const { createJsonOutput } = await import("../json/json-output.ts");
  const { streamSnapshots } = await import("../json/stream-snapshots.ts");
  await streamSnapshots(report, { output: createJsonOutput(stdout), clock, intervalMs });
}
