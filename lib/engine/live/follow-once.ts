import { ABORT_GRACE_MS } from "../../time/abort-grace.ts";
import type { Clock } from "../../time/clock.ts";
import { isAbort } from "../../time/is-abort.ts";
import { pause } from "../../time/pause.ts";
import { endReason } from "../run/live-registry.ts";
import type { Failure } from "./failure.ts";
import type { LiveSource } from "./live-source.ts";

/** The end of one attempt to follow a source; `isUnexpected` for a failure before its signal was aborted. */
export interface FollowEnd {
  readonly failure: Failure | undefined;
  readonly isUnexpected: boolean;
}

/**
 * Follows a source until it ends, and aborts the signal of `attempt` then. Once that signal is aborted by the caller, the source has
 * {@link ABORT_GRACE_MS} to end, so that a source that ignores its signal cannot hold up the end of a run.
 */
export async function followOnce(source: LiveSource, attempt: AbortController, clock: Clock): Promise<FollowEnd> {
  const { signal } = attempt;
  const failure = await withinGrace(failureOfFollowing(source, signal), signal, clock);
  const isUnexpected = !signal.aborted;
  attempt.abort(endReason());
  const isClean = failure === undefined || (!isUnexpected && isAbort(failure.error, signal));
  return { failure: isClean ? undefined : failure, isUnexpected };
}

async function failureOfFollowing(source: LiveSource, signal: AbortSignal): Promise<Failure | undefined> {
  try {
    await source.follow(signal);
    return undefined;
  } catch (error) {
    return { error };
  }
}

function withinGrace(
  following: Promise<Failure | undefined>,
  signal: AbortSignal,
  clock: Clock,
): Promise<Failure | undefined> {
  const ended = new AbortController();
  return new Promise((resolve) => {
    const beginGrace = (): void => {
      pause(ABORT_GRACE_MS, { clock, signal: ended.signal }).then(
        () => resolve(undefined),
        () => {},
      );
    };
    if (signal.aborted) beginGrace();
    else signal.addEventListener("abort", beginGrace, { once: true, signal: ended.signal });
    void following.finally(() => {
      ended.abort();
      resolve(following);
    });
  });
}
