import { DeletionRetry } from "../engine/execution/deletion-retry.ts";
import type { Run } from "../engine/run/run.ts";
import { keepAlive } from "./keep-alive.ts";
import type { StopLimit } from "./stop-limit.ts";

/** Follows the live components of a run that has caught up; resolves when none of them is left. */
export async function followLive(run: Run, stopping: StopLimit): Promise<void> {
  if (run.live.isEmpty) return;
  using _retrying = new DeletionRetry(run);
  using _alive = keepAlive(run.clock);
  run.report.markReady();
  stopping.noteCaughtUp();
  await run.live.ended();
}
