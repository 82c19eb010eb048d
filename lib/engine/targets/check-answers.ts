import { inspect } from "node:util";
import { checkOptions, type OptionChecks } from "../../options/check-options.ts";
import { ANYTHING } from "../../options/option-check.ts";
import { silencePromises } from "../../options/silence-promises.ts";
import { describeUnstorable } from "../../state/codec.ts";
import { formatPath, type StableKey } from "../../state/stable-key.ts";
import { checkHandler } from "./check-handler.ts";
import { isContainerHandler } from "./container-handler.ts";
import type { AnyHandler, ContainerState, TargetDecision } from "./target-handler.ts";
import type { InspectionResult } from "./target-inspection.ts";

const CONTAINER_STATES: ReadonlySet<unknown> = new Set<ContainerState>(["kept", "altered", "recreated"]);

const RESULTS: ReadonlySet<unknown> = new Set<InspectionResult>(["edited", "missing", "unchanged", "unknown"]);

const DECISION: OptionChecks<TargetDecision<unknown, unknown>> = { action: ANYTHING, tracking: ANYTHING };

/**
 * Checks the answer of a handler's `reconcile` about the target state at `path`. What is to be remembered of a desired state is said:
 * an answer without `tracking` would let go of it.
 *
 * @throws TypeError that names the state and what was wanted
 */
export function checkDecision(
  path: readonly StableKey[],
  answer: TargetDecision<unknown, unknown> | undefined,
  isDesired: boolean,
): TargetDecision<unknown, unknown> | undefined {
  if (answer === undefined) return undefined;
  if (typeof answer !== "object" || answer === null || isThenable(answer) || !("action" in answer)) {
    const remedy = isThenable(answer) ? "; it must decide synchronously, and leave all I/O to `apply`" : "";
    throw answerError(path, "`reconcile` must return { action, tracking } or undefined", answer, remedy);
  }
  checkOptions(actOn(path), answer, DECISION);
  if (isDesired && !("tracking" in answer)) {
    const wanted = "`reconcile` must return `tracking` for a state that is desired";
    throw answerError(path, wanted, answer, "; `undefined` says that nothing is outside");
  }
  const unstorable = describeUnstorable(answer.tracking);
  if (unstorable === undefined) return answer;
  silencePromises(answer);
  throw new TypeError(`Cannot ${actOn(path)}: \`tracking\` must be plain data, got ${unstorable}`);
}

/**
 * Checks the answer of a handler's `apply` to `count` actions on the target at `path`.
 *
 * @throws TypeError that names the target and what was wanted
 */
export function checkApplied(
  path: readonly StableKey[],
  handler: AnyHandler,
  answer: unknown,
  count: number,
): readonly ContainerState[] {
  if (!isContainerHandler(handler)) return checkNoStates(path, answer, count);
  if (Array.isArray(answer) && answer.length === count && answer.every((state) => CONTAINER_STATES.has(state))) {
    return answer as readonly ContainerState[];
  }
  const wanted = `\`apply\` must give one of "kept", "altered" and "recreated" for each of ${count} actions`;
  throw answerError(path, wanted, answer);
}

/**
 * Checks the answer of a handler's `inspect` about `count` target states in the target at `path`.
 *
 * @throws TypeError that names the target and what was wanted
 */
export function checkInspected(
  path: readonly StableKey[],
  answer: unknown,
  count: number,
): readonly InspectionResult[] {
  if (Array.isArray(answer) && answer.length === count && answer.every((result) => RESULTS.has(result))) {
    return answer as readonly InspectionResult[];
  }
  const wanted = `\`inspect\` must give one of "unchanged", "missing", "edited" and "unknown" for each of ${count} states`;
  throw answerError(path, wanted, answer);
}

/** A list of one result for each action is accepted, since `Promise.all` gives one; a list of promises was never awaited. */
function checkNoStates(path: readonly StableKey[], answer: unknown, count: number): readonly ContainerState[] {
  const isUnawaited = Array.isArray(answer) && answer.some(isThenable);
  if (answer === undefined || (Array.isArray(answer) && answer.length === count && !isUnawaited)) return [];
  const remedy = isUnawaited ? "; await the promises, as with `Promise.all`" : "";
  throw answerError(path, "`apply` must return nothing, or a promise of nothing", answer, remedy);
}

/**
 * Checks the answer of a container handler's `child` for the container at `path`.
 *
 * @throws TypeError that names the container and what was wanted
 */
export function checkChild(path: readonly StableKey[], answer: AnyHandler | undefined): AnyHandler | undefined {
  if (answer === undefined) return undefined;
  const isHandler =
    typeof answer === "object" &&
    answer !== null &&
    typeof answer.reconcile === "function" &&
    typeof answer.apply === "function";
  if (isHandler) {
    checkHandler(actOn(path), answer, isContainerHandler(answer) ? "container" : "target");
    return answer;
  }
  throw answerError(path, "`child` must return a handler with `reconcile` and `apply`, or undefined", answer);
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function answerError(path: readonly StableKey[], wanted: string, answer: unknown, remedy = ""): TypeError {
  silencePromises(answer);
  const got = isThenable(answer) ? "a promise" : inspect(answer, { depth: 1, breakLength: Infinity });
  return new TypeError(`Cannot ${actOn(path)}: ${wanted}, got ${got}${remedy}`);
}

function actOn(path: readonly StableKey[]): string {
  return `use the answer of the handler for ${formatPath(path)}`;
}
