import { inspect } from "node:util";
import type { Memoizable, MemoState } from "./memoizable.ts";

/**
 * Checks the answer of the `[memoState]()` of `argument`. A promise, of any class, is returned as one that checks its answer.
 *
 * @throws TypeError that names the class of the argument and what was wanted
 */
export function checkAnswer(argument: Memoizable, answer: unknown): MemoState | Promise<MemoState> {
  if (isMemoState(answer)) return answer;
  if (isThenable(answer)) return checkLater(argument, answer);
  throw answerError(argument, answer);
}

async function checkLater(argument: Memoizable, answer: PromiseLike<unknown>): Promise<MemoState> {
  const settled = await answer;
  if (isMemoState(settled)) return settled;
  throw answerError(argument, settled);
}

function isMemoState(answer: unknown): answer is MemoState {
  if (typeof answer !== "object" || answer === null || typeof (answer as Partial<MemoState>).isValid !== "boolean") {
    return false;
  }
  return "state" in answer;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function answerError(argument: Memoizable, answer: unknown): TypeError {
  const isUnawaited =
    typeof answer === "object" && answer !== null && "isValid" in answer && isThenable(answer.isValid);
  // The promise is not awaited, and a rejection would end the process.
  if (isUnawaited) Promise.resolve(answer.isValid).catch(() => {});
  const remedy = isUnawaited ? "; await `isValid`" : "";
  return new TypeError(
    `Cannot memoize a call: \`[memoState]()\` of ${describeArgument(argument)} must return { state, isValid } with a boolean ` +
      `\`isValid\`, or a promise of it, got ${inspect(answer, { depth: 1, breakLength: Infinity })}${remedy}`,
  );
}

/** Names an argument by its class, for errors. */
export function describeArgument(argument: Memoizable): string {
  const builder: unknown = Reflect.get(argument, "constructor");
  const isNamed = typeof builder === "function" && builder !== Object && builder !== Function && builder.name !== "";
  return isNamed ? `an argument of the class \`${builder.name}\`` : "an argument";
}
