import { formatPath, type StableKey } from "../../state/stable-key.ts";
import type { Clock } from "../../time/clock.ts";
import { untilAborted } from "../../time/until-aborted.ts";
import { checkInspected } from "./check-answers.ts";
import type { AnyHandler } from "./target-handler.ts";
import type { InspectedState, InspectionResult, InspectOptions } from "./target-inspection.ts";

/** The longest wait for the answer about one batch. */
const TIMEOUT_MS = 30_000;

/** How a caller inspects target states. */
export interface InspectStatesOptions extends Pick<InspectOptions, "depth"> {
  readonly clock: Clock;
  /** Ends the inspection: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The answers about a batch of target states. */
export interface Inspection {
  /** One result for each state, in order. */
  readonly results: readonly InspectionResult[];
  /** The first failure of the handler: the states that it concerns are `"unknown"`. */
  readonly failure: { readonly error: unknown } | undefined;
}

/** A handler whose states are inspected, with the path of its target. */
export interface InspectableTarget {
  readonly path: readonly StableKey[];
  readonly handler: AnyHandler;
}

/**
 * Compares target states of one handler with their records. Returns `undefined` where the handler has no `inspect`. A handler that throws
 * or gives a wrong answer is asked again about each half of the batch, so that one bad state spoils no other; one that hangs is left after
 * 30 seconds.
 */
export async function inspectStates(
  { handler, path }: InspectableTarget,
  states: readonly InspectedState<StableKey, unknown>[],
  options: InspectStatesOptions,
): Promise<Inspection | undefined> {
  if (handler.inspect === undefined) return undefined;
  const { clock, depth, signal } = options;
  const timeout = new AbortController();
  const cancel = clock.schedule(TIMEOUT_MS, () => timeout.abort(timeoutError(path)));
  const ended = signal === undefined ? timeout.signal : AbortSignal.any([timeout.signal, signal]);
  try {
    const inspection = await inspectBatch({ handler, path }, states, { depth, signal: ended });
    signal?.throwIfAborted();
    return inspection;
  } finally {
    cancel();
  }
}

async function inspectBatch(
  target: InspectableTarget,
  states: readonly InspectedState<StableKey, unknown>[],
  options: InspectOptions,
): Promise<Inspection> {
  const { handler, path } = target;
  try {
    options.signal.throwIfAborted();
    const answer: unknown = await untilAborted(answerOf(handler, states, options), options.signal);
    return { results: checkInspected(path, answer, states.length), failure: undefined };
  } catch (error) {
    const isLast = states.length <= 1 || options.signal.aborted;
    if (isLast) return { results: states.map(() => "unknown"), failure: { error } };
    const middle = Math.ceil(states.length / 2);
    const first = await inspectBatch(target, states.slice(0, middle), options);
    const second = await inspectBatch(target, states.slice(middle), options);
    return { results: [...first.results, ...second.results], failure: first.failure ?? second.failure };
  }
}

/** A promise of the answer, also of a handler that answers or throws synchronously. */
async function answerOf(
  handler: AnyHandler,
  states: readonly InspectedState<StableKey, unknown>[],
  options: InspectOptions,
): Promise<unknown> {
  return handler.inspect?.(states, options);
}

function timeoutError(path: readonly StableKey[]): DOMException {
  const act = `Cannot inspect ${formatPath(path)}`;
  return new DOMException(`${act}: its handler gave no answer within ${TIMEOUT_MS / 1000} seconds`, "TimeoutError");
}
