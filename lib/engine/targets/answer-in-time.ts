import type { Clock } from "../../time/clock.ts";
import { untilAborted } from "../../time/until-aborted.ts";

/** The longest wait for an answer of a handler outside of a run. */
const ANSWER_TIMEOUT_MS = 30_000;

/** Options of {@link answerInTime}. */
export interface AnswerOptions {
  readonly clock: Clock;
  /** Ends the wait: the answer then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The action in words, for the error. */
  readonly act: string;
}

/**
 * Waits for the answer of a handler for at most 30 seconds. `ask` gets a signal that is aborted when the wait has ended.
 *
 * @throws DOMException `TimeoutError`
 */
export async function answerInTime<T>(ask: (signal: AbortSignal) => Promise<T>, options: AnswerOptions): Promise<T> {
  const { act, clock, signal } = options;
  signal?.throwIfAborted();
  const timeout = new AbortController();
  const seconds = ANSWER_TIMEOUT_MS / 1000;
  const message = `Cannot ${act}: its handler gave no answer within ${seconds} seconds`;
  const cancel = clock.schedule(ANSWER_TIMEOUT_MS, () => timeout.abort(new DOMException(message, "TimeoutError")));
  const ended = signal === undefined ? timeout.signal : AbortSignal.any([timeout.signal, signal]);
  try {
    return await untilAborted(ask(ended), ended);
  } finally {
    cancel();
  }
}
