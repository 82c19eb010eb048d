import { checkOptions, type OptionChecks } from "../options/check-options.ts";
import { SIGNAL } from "../options/option-check.ts";
import type { Report } from "./report.ts";
import type { UpdateSnapshot } from "./schema/stats.ts";

/** Options of a `watch()`. */
export interface WatchOptions {
  /** Ends this watching, not the run: the loop throws the signal's reason. */
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

/**
 * Follows a report: the present state if anything has been counted, each later change, and the final snapshot. Every call is a
 * watcher of its own; one that is slow skips to the newest state. A failed run throws its error: at once, or after the last
 * counts to a watcher that was there before. With `endsWhenReady` it ends as soon as the report is ready.
 */
export async function* watchReport<R>(
  report: Report,
  options: WatchOptions & { readonly endsWhenReady?: boolean } = {},
): AsyncGenerator<UpdateSnapshot<R>, void, void> {
  const { signal } = options;
  let seen = 0;
  throwFailure(report);
  for (;;) {
    signal?.throwIfAborted();
    const { end, version } = report;
    if (end === "done") {
      yield report.snapshot() as UpdateSnapshot<R>;
      return;
    }
    if (version > seen) {
      seen = version;
      yield report.snapshot() as UpdateSnapshot<R>;
    } else if (options.endsWhenReady === true && report.isReady) {
      return;
    } else {
      throwFailure(report);
      await nextChange(report, signal);
    }
  }
}

function throwFailure(report: Report): void {
  const { end } = report;
  if (end !== undefined && end !== "done") throw end.error;
}

/** Resolves at the next change, or when the signal is aborted. */
function nextChange(report: Report, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      forget();
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const forget = report.onNextChange(wake);
    signal?.addEventListener("abort", wake, { once: true });
  });
}
