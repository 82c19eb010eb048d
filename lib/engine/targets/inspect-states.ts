import { formatPath, type StableKey } from "../../state/stable-key.ts";
import type { Clock } from "../../time/clock.ts";
import { answerInTime } from "./answer-in-time.ts";
import { checkInspected } from "./check-answers.ts";
import type { AnyHandler } from "./target-handler.ts";
import type { InspectedState, InspectionResult, InspectContext } from "./target-inspection.ts";

/** How a caller inspects target states. */
export interface InspectStatesOptions extends Pick<InspectContext, "depth"> {
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
  const act = `inspect ${formatPath(path)}`;
  const asking: Asking = { depth, failure: undefined, results: [] };
  try {
    await answerInTime((ended) => inspectBatch({ handler, path }, states, asking, ended), { act, clock, signal });
  } catch (error) {
    signal?.throwIfAborted();
    asking.failure ??= { error };
  }
  const { failure, results } = asking;
  return { results: states.map((_, at) => results[at] ?? "unknown"), failure };
}

/** The answers so far: a handler that hangs does not take back those about earlier states. */
interface Asking extends Pick<InspectContext, "depth"> {
  readonly results: InspectionResult[];
  failure: Inspection["failure"];
}

async function inspectBatch(
  target: InspectableTarget,
  states: readonly InspectedState<StableKey, unknown>[],
  asking: Asking,
  signal: AbortSignal,
): Promise<void> {
  const { handler, path } = target;
  try {
    signal.throwIfAborted();
    const answer: unknown = await handler.inspect?.(states, { depth: asking.depth, signal });
    asking.results.push(...checkInspected(path, answer, states.length));
  } catch (error) {
    signal.throwIfAborted();
    if (states.length <= 1) {
      asking.failure ??= { error };
      asking.results.push(...states.map(() => "unknown" as const));
      return;
    }
    const middle = Math.ceil(states.length / 2);
    await inspectBatch(target, states.slice(0, middle), asking, signal);
    await inspectBatch(target, states.slice(middle), asking, signal);
  }
}
