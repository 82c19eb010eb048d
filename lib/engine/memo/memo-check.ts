import { isDeepStrictEqual } from "node:util";
import { describeUnstorable } from "../../state/codec.ts";
import type { ArgumentsFingerprint } from "./fingerprint.ts";
import { memoState, type Memoizable, type MemoState } from "./memoizable.ts";
import type { MemoRow } from "../records/row.ts";

/** The answer of checking the memo states of stateful arguments. */
export interface StatesCheck {
  readonly isValid: boolean;
  /** The states to store from now on. */
  readonly states: readonly unknown[];
  readonly hasChanged: boolean;
}

/** What was found out about a component before there was one: it is not to be asked again. */
export interface Asked {
  readonly call: ArgumentsFingerprint;
  /** `undefined` where the arguments were not asked, because they are others. */
  readonly check: StatesCheck | Promise<StatesCheck> | undefined;
}

/** Whether a stored memo is for the same call and its dependencies still hold; its states are checked apart. */
export function matchesMemo(
  memo: MemoRow,
  call: ArgumentsFingerprint,
  holds: (dependencies: string) => boolean,
): boolean {
  return (
    Buffer.compare(memo.fingerprint, call.fingerprint) === 0 &&
    memo.states.length === call.stateful.length &&
    holds(memo.dependencies)
  );
}

/** Asks every stateful argument whether it is as it was; a promise only when one of them needs time. */
export function checkStates(
  stateful: readonly Memoizable[],
  previous: readonly unknown[],
): StatesCheck | Promise<StatesCheck> {
  if (stateful.length === 0) return NO_STATES;
  const answers = stateful.map((argument, index) => argument[memoState]!(previous[index]));
  return mapAnswers(answers, (answered) => judge(answered, previous));
}

/** The states to store after an execution. */
export function collectStates(stateful: readonly Memoizable[]): readonly unknown[] | Promise<readonly unknown[]> {
  const answers = stateful.map((argument) => argument[memoState]!(undefined));
  return mapAnswers(answers, (answered) => answered.map((answer) => answer.state));
}

/**
 * Checks that a memoized function's value can be stored.
 *
 * @throws TypeError naming what cannot
 */
export function requireStorable(name: string, value: unknown): void {
  const unstorable = describeUnstorable(value);
  if (unstorable === undefined) return;
  throw new TypeError(
    `Cannot memoize \`${name}\`: its value must be plain data, got ${unstorable}; return data, or leave \`memo\` out`,
  );
}

/** A memo that holds with other states than before. */
export function withStates({ dependencies, fingerprint, format, value }: MemoRow, states: readonly unknown[]): MemoRow {
  return { format, fingerprint, dependencies, states, value };
}

const NO_STATES: StatesCheck = Object.freeze({ isValid: true, states: [], hasChanged: false });

/** Goes on at once unless an answer is a promise. */
function mapAnswers<T>(
  answers: readonly (MemoState | Promise<MemoState>)[],
  next: (answered: readonly MemoState[]) => T,
): T | Promise<T> {
  const isSettled = (answer: MemoState | Promise<MemoState>): answer is MemoState => !(answer instanceof Promise);
  if (answers.every(isSettled)) return next(answers);
  return mapLater(answers, next);
}

async function mapLater<T>(
  answers: readonly (MemoState | Promise<MemoState>)[],
  next: (answered: readonly MemoState[]) => T,
): Promise<T> {
  return next(await Promise.all(answers.map(async (answer) => answer)));
}

function judge(answers: readonly MemoState[], previous: readonly unknown[]): StatesCheck {
  return {
    isValid: answers.every((answer) => answer.isValid),
    states: answers.map((answer) => answer.state),
    hasChanged: answers.some((answer, index) => !isDeepStrictEqual(answer.state, previous[index])),
  };
}
