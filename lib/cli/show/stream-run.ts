import { onGroup, type UpdateHandle } from "../../app/handle.ts";
import { ownReport } from "../../progress/view/own-report.ts";
import type { JsonOutput } from "../../report/json/json-output.ts";
import { streamSnapshots } from "../../report/json/stream-snapshots.ts";
import { systemClock } from "../../time/system-clock.ts";
import { Pending } from "../../time/pending.ts";

/** How a run is streamed. */
export interface StreamRunOptions {
  /** The name of the app. */
  readonly app: string;
  readonly output: JsonOutput;
  /** The least time between two lines of one report, but for the last. */
  readonly intervalMs: number;
}

/** Starts the run, and streams it and each of its stats groups as JSON; the run's own last line comes last. */
export async function streamRun(handle: UpdateHandle<unknown>, options: StreamRunOptions): Promise<void> {
  const streamOptions = { output: options.output, intervalMs: options.intervalMs, clock: systemClock };
  const groups = new Pending();
  onGroup(handle, (group) => groups.add(streamSnapshots(group, streamOptions)));
  const run = { ...ownReport(handle), app: options.app };
  await streamSnapshots(run, { ...streamOptions, beforeLast: () => groups.settled() });
}
