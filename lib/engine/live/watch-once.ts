import type { Clock } from "../../time/clock.ts";
import { endReason } from "../run/live-registry.ts";

/** What is left of a failure after the exception handlers. */
export interface Failure {
  readonly error: unknown;
}

/** After its signal is aborted, a source may take this long to release what it holds, in milliseconds. */
const GRACE_MS = 500;

/** How a source has ended: `isUnexpected` when it has failed before its signal was aborted. */
export interface WatchEnd {
  readonly failure: Failure | undefined;
  readonly isUnexpected: boolean;
}

/**
 * Lets a source run until it ends, and aborts its signal then. Once the signal is aborted from elsewhere, it is waited for only a short
 * while, so that a source that does not heed it cannot hold up the end of a run.
 */
export async function watchOnce(
  watch: (signal: AbortSignal) => Promise<void>,
  attempt: AbortController,
  clock: Clock,
): Promise<WatchEnd> {
  const { signal } = attempt;
  const failure = await untilEnded(call(watch, signal), signal, clock);
  const isUnexpected = !signal.aborted;
  attempt.abort(endReason());
  const isClean = failure === undefined || (!isUnexpected && isAbort(failure.error, signal));
  return { failure: isClean ? undefined : failure, isUnexpected };
}

async function call(watch: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<Failure | undefined> {
  try {
    await watch(signal);
    return undefined;
  } catch (error) {
    return { error };
  }
}

function untilEnded(
  watching: Promise<Failure | undefined>,
  signal: AbortSignal,
  clock: Clock,
): Promise<Failure | undefined> {
  return new Promise((resolve) => {
    let cancel = (): void => {};
    const beginGrace = (): void => {
      cancel = clock.schedule(GRACE_MS, () => resolve(undefined));
    };
    if (signal.aborted) beginGrace();
    else signal.addEventListener("abort", beginGrace, { once: true });
    void watching.finally(() => {
      signal.removeEventListener("abort", beginGrace);
      cancel();
      resolve(watching);
    });
  });
}

/** Whether an error only says that the signal was aborted. */
function isAbort(error: unknown, { reason }: AbortSignal): boolean {
  return error === reason || (error instanceof Error && (error.name === "AbortError" || error.cause === reason));
}
