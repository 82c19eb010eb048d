import { checkOptions, type OptionChecks } from "../../options/check-options.ts";
import { argumentHint } from "../../options/argument-hint.ts";
import { describeValue } from "../../options/describe-value.ts";
import { ANYTHING } from "../../options/option-check.ts";
import { ownReport } from "../../progress/view/own-report.ts";
import type { ComponentFailure } from "../../progress/report.ts";
import type { UpdateSnapshot } from "../../progress/schema/stats.ts";
import { loadStdoutReporter } from "./stdout-reporter.ts";

/** Options of {@link showProgress}. */
export interface ShowProgressOptions {
  /**
   * The least time between two renewals of what is shown, in milliseconds; finite and greater than 0.
   *
   * @default 1000
   */
  readonly refreshInterval?: number;
}

const DEFAULT_INTERVAL_MS = 1000;

const CHECKS: OptionChecks<ShowProgressOptions> = {
  // Checked below: a wrong interval is a RangeError.
  refreshInterval: ANYTHING,
};

/** What {@link showProgress} needs of an update handle. */
export interface ProgressHandle<R> {
  result(): Promise<R>;
  watch(): AsyncIterable<UpdateSnapshot<R>>;
  failures(): readonly ComponentFailure[];
}

/**
 * Starts the update and prints its progress on standard output until it ends; resolves with its result, or rejects with
 * its error, after the last block.
 *
 * @throws TypeError for an option that does not exist; RangeError when `refreshInterval` is not a finite number greater than 0; nothing is started then
 */
export async function showProgress<R>(handle: ProgressHandle<R>, options: ShowProgressOptions = {}): Promise<R> {
  const { refreshInterval = DEFAULT_INTERVAL_MS } = checkOptions("show progress", options, CHECKS);
  if (!Number.isFinite(refreshInterval) || refreshInterval <= 0) {
    throw new RangeError(
      `Cannot show progress: \`refreshInterval\` must be a finite number of milliseconds greater than 0, got ${String(refreshInterval)}`,
    );
  }
  requireHandle(handle);
  // Before the run starts: a run that fails shows its counts only to those who have watched it.
  const reporter = await loadStdoutReporter();
  const [outcome] = await Promise.allSettled([
    handle.result(),
    reporter(ownReport(handle), { intervalMs: refreshInterval }),
  ]);
  if (outcome.status === "rejected") throw outcome.reason;
  return outcome.value;
}

function requireHandle(handle: unknown): void {
  const { failures, result, watch } = (handle ?? {}) as Partial<ProgressHandle<unknown>>;
  if ([failures, result, watch].every((method) => typeof method === "function")) return;
  const got = `${describeValue(handle)}${argumentHint(handle)}`;
  throw new TypeError(`Cannot show progress: the first argument must be the handle of an update, got ${got}`);
}
