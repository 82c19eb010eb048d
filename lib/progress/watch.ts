import { checkOptions, type OptionChecks } from "../options/check-options.ts";
import { SIGNAL } from "../options/option-check.ts";
import { LeavableGenerator, type Consumer } from "./leavable-generator.ts";
import type { Report } from "./report.ts";
import type { UpdateSnapshot } from "./schema/stats.ts";

/** Options of a `watch()`. */
export interface WatchOptions {
  /** Ends this watching, not the run: the loop throws the signal's reason. With one that is aborted already, nothing is started. */
  readonly signal?: AbortSignal;
}

const CHECKS: OptionChecks<WatchOptions> = { signal: SIGNAL };

/**
 * Checks the options of a `watch()`; `act` says what the caller wants to do, for the error.
 *
 * @throws TypeError for an option that does not exist, or a wrong value
 */
export function checkWatchOptions(act: string, options: WatchOptions): WatchOptions {
  return checkOptions(act, options, CHECKS);
}

/** Options of {@link watchReport}. */
export interface WatchReportOptions extends WatchOptions {
  /** Whether to end when the report has caught up; asked before every wait. @default false: the watch lasts as long as the report */
  readonly end?: { readonly isAtCatchUp: boolean } | undefined;
}

/**
 * Follows a report: the present state if anything has been counted, each later change, and the final snapshot. Every call is a
 * watcher of its own; one that is slow skips to the newest state. A failed run throws its error: at once, or after the last
 * counts to a watcher that was there before. A watch that ends at the catch-up ends with a state that is ready.
 */
export function watchReport<R>(
  report: Report,
  options: WatchReportOptions = {},
): AsyncGenerator<UpdateSnapshot<R>, void, void> {
  return new LeavableGenerator((consumer) => followReport<R>(report, options, consumer));
}

/** As {@link watchReport}, in the body of another generator; returns when its consumer has left. */
export async function* followReport<R>(
  report: Report,
  options: WatchReportOptions,
  consumer: Consumer,
): AsyncGenerator<UpdateSnapshot<R>, void, void> {
  const { signal } = options;
  let seen = 0;
  throwFailure(report);
  while (!consumer.hasLeft) {
    signal?.throwIfAborted();
    const { version } = report;
    const last = lastSnapshot(report, options);
    if (last !== undefined) {
      yield last as UpdateSnapshot<R>;
      return;
    }
    if (version > seen) {
      seen = version;
      yield report.snapshot() as UpdateSnapshot<R>;
    } else {
      throwFailure(report);
      await nextChange(report, signal, consumer);
    }
  }
}

/** Returns the snapshot that a watch ends with; `undefined` as long as it goes on, or is to throw. */
function lastSnapshot(report: Report, { end }: WatchReportOptions): UpdateSnapshot | undefined {
  if (report.end === "done") return report.snapshot();
  return report.end === undefined && end?.isAtCatchUp === true ? report.caughtUp : undefined;
}

function throwFailure(report: Report): void {
  const { end } = report;
  if (end !== undefined && end !== "done") throw end.error;
}

/** Resolves at the next change, or when the signal is aborted or the consumer leaves. */
function nextChange(report: Report, signal: AbortSignal | undefined, consumer: Consumer): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      forget();
      signal?.removeEventListener("abort", wake);
      consumer.onLeave = undefined;
      resolve();
    };
    const forget = report.onNextChange(wake);
    signal?.addEventListener("abort", wake, { once: true });
    consumer.onLeave = wake;
  });
}
