import { isDeepStrictEqual } from "node:util";
import { describeUnstorable } from "../../state/codec.ts";
import type { ArgumentsFingerprint } from "./fingerprint.ts";
import { completeMemoState, memoState, type InternalMemoizable, type MemoState } from "./memoizable.ts";
import type { MemoRow } from "../records/row.ts";

/** The answer of checking the memo states of stateful arguments. */
export interface StatesCheck {
  readonly isValid: boolean;
  /** The states to store from now on. */
  readonly states: readonly unknown[];
  readonly hasChanged: boolean;
}

/** The findings about an item before a component is created for it. */
export interface Asked {
  readonly call: ArgumentsFingerprint;
  /** `undefined` where the states were not asked, because the stored memo is of another call. */
  readonly check: StatesCheck | Promise<StatesCheck> | undefined;
}

/** The call that a memo is going to be stored for, as it was before its execution. */
export interface MemoBasis {
  readonly call: ArgumentsFingerprint;
  readonly states: readonly unknown[];
}

/** Whether a stored memo is for the same call and its dependencies still hold; its states are checked apart. */
export function matchesMemo(
  memo: MemoRow,
  call: ArgumentsFingerprint,
  holds: (dependencies: string) => boolean,
): boolean {
  return isSameCall(memo, call) && memo.states.length === call.stateful.length && holds(memo.dependencies);
}

/** Whether a stored memo is for the same call, going by its fingerprint. */
export function isSameCall(memo: MemoRow, call: ArgumentsFingerprint): boolean {
  return Buffer.compare(memo.fingerprint, call.fingerprint) === 0;
}

/** Asks every stateful argument whether it is as it was; a promise only when one of them needs time. */
export function checkStates(
  stateful: readonly InternalMemoizable[],
  previous: readonly unknown[],
): StatesCheck | Promise<StatesCheck> {
  if (stateful.length === 0) return NO_STATES;
  const answers = stateful.map((argument, index) => argument[memoState]!(previous[index]));
  return mapAnswers(answers, (answered) => judge(answered, previous));
}

/** Asks every stateful argument for a first state, before the execution; a promise only when one of them needs time. */
export function askStates(stateful: readonly InternalMemoizable[]): readonly unknown[] | Promise<readonly unknown[]> {
  if (stateful.length === 0) return NO_STATES.states;
  const answers = stateful.map((argument) => argument[memoState]!(undefined));
  return mapAnswers(answers, (answered) => answered.map(readState));
}

/** Returns the states to store after an execution: those asked before it, completed where an argument can. */
export function completeStates({ call, states }: MemoBasis): readonly unknown[] {
  return call.stateful.map((argument, index) =>
    argument[completeMemoState] === undefined ? states[index] : argument[completeMemoState](states[index]),
  );
}

/**
 * Checks that a memoized function's value can be stored.
 *
 * @throws TypeError naming the part that cannot
 */
export function requireStorable(name: string, value: unknown): void {
  const unstorable = describeUnstorable(value);
  if (unstorable === undefined) return;
  throw new TypeError(
    `Cannot memoize \`${name}\`: its value must be plain data, got ${unstorable}; return data, or leave \`memo\` out`,
  );
}

/** Returns a memo that holds with other states than before. */
export function withStates<R extends MemoRow>(memo: R, states: readonly unknown[]): R {
  const { dependencies, fingerprint, format, value } = memo;
  return { ...memo, fingerprint, dependencies, format, states, value };
}

const NO_STATES: StatesCheck = Object.freeze({ isValid: true, states: Object.freeze([]), hasChanged: false });

/** Goes on at once unless an answer is a promise. */
function mapAnswers<T>(
  answers: readonly (MemoState | PromiseLike<MemoState>)[],
  next: (answered: readonly MemoState[]) => T,
): T | Promise<T> {
  if (answers.every(isAnswered)) return next(answers);
  return mapLater(answers, next);
}

async function mapLater<T>(
  answers: readonly (MemoState | PromiseLike<MemoState>)[],
  next: (answered: readonly MemoState[]) => T,
): Promise<T> {
  const settled = await Promise.all(answers.map(async (answer) => answer));
  return next(settled);
}

/** @throws TypeError for an answer that is neither a state nor a promise of one */
function isAnswered(answer: MemoState | PromiseLike<MemoState>): answer is MemoState {
  if (typeof answer === "object" && answer !== null) return !("then" in answer);
  throw new TypeError(
    `Cannot memoize a call: \`[memoState]()\` of an argument must return { state, isValid }, got ${String(answer)}`,
  );
}

function judge(answers: readonly MemoState[], previous: readonly unknown[]): StatesCheck {
  const hasChanged = answers.some((answer, index) => !isDeepStrictEqual(answer.state, previous[index]));
  return {
    isValid: answers.every((answer) => answer.isValid),
    states: hasChanged ? answers.map(readState) : answers.map(({ state }) => state),
    hasChanged,
  };
}

/** @throws TypeError for a state that cannot be stored: after the execution it would be too late */
function readState({ state }: MemoState): unknown {
  const unstorable = describeUnstorable(state);
  if (unstorable === undefined) return state;
  throw new TypeError(
    `Cannot memoize a call: the \`state\` of \`[memoState]()\` of an argument must be plain data, got ${unstorable}`,
  );
}
