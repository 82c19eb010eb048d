import { isDeepStrictEqual } from "node:util";
import { describeUnstorable } from "../../state/codec.ts";
import { checkAnswer, describeArgument } from "./check-answer.ts";
import type { ArgumentsFingerprint } from "./fingerprint.ts";
import { completeMemoState, memoState, type InternalMemoizable, type MemoState } from "./memoizable.ts";
import { copier } from "./own-copy.ts";
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
  return askAll(stateful, previous, (answers) => judge(stateful, answers, previous));
}

/** Asks every stateful argument for a first state, before the execution; a promise only when one of them needs time. */
export function askStates(stateful: readonly InternalMemoizable[]): readonly unknown[] | Promise<readonly unknown[]> {
  if (stateful.length === 0) return NO_STATES.states;
  return askAll(stateful, [], (answers) => takeStates(stateful, answers));
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

/** Asks all arguments, and goes on at once unless an answer is a promise. */
function askAll<T>(
  stateful: readonly InternalMemoizable[],
  previous: readonly unknown[],
  next: (answers: readonly MemoState[]) => T,
): T | Promise<T> {
  const answers: (MemoState | Promise<MemoState>)[] = [];
  try {
    for (const [index, argument] of stateful.entries()) {
      answers.push(checkAnswer(argument, argument[memoState]!(previous[index])));
    }
  } catch (error) {
    // The other answers are not awaited any more, and a rejection would end the process.
    for (const answer of answers) if (!isAnswered(answer)) answer.catch(() => {});
    throw error;
  }
  if (answers.every(isAnswered)) return next(answers);
  return settleAll(stateful, answers, next);
}

async function settleAll<T>(
  stateful: readonly InternalMemoizable[],
  answers: readonly (MemoState | Promise<MemoState>)[],
  next: (answers: readonly MemoState[]) => T,
): Promise<T> {
  const settled = await Promise.all(answers.map((answer, index) => takeLater(stateful[index]!, answer)));
  return next(settled);
}

function isAnswered(answer: MemoState | Promise<MemoState>): answer is MemoState {
  return !(answer instanceof Promise);
}

/** Other arguments may need more time: a state is taken as soon as it is there. */
async function takeLater(argument: InternalMemoizable, answer: MemoState | Promise<MemoState>): Promise<MemoState> {
  const { isValid, state } = isAnswered(answer) ? answer : await answer;
  return { state: takeState(argument, state), isValid };
}

function judge(
  stateful: readonly InternalMemoizable[],
  answers: readonly MemoState[],
  previous: readonly unknown[],
): StatesCheck {
  const hasChanged = answers.some((answer, index) => !isDeepStrictEqual(answer.state, previous[index]));
  const isValid = answers.every((answer) => answer.isValid);
  // Equal states of a memo that holds are stored at once, if at all.
  const states = isValid && !hasChanged ? answers.map(({ state }) => state) : takeStates(stateful, answers);
  return { isValid, states, hasChanged };
}

function takeStates(stateful: readonly InternalMemoizable[], answers: readonly MemoState[]): readonly unknown[] {
  return answers.map(({ state }, index) => takeState(stateful[index]!, state));
}

/**
 * Returns a copy of a state: the state that is stored after an execution is the one from before.
 *
 * @throws TypeError for a state that cannot be stored: after the execution it would be too late
 */
function takeState(argument: InternalMemoizable, state: unknown): unknown {
  const unstorable = describeUnstorable(state);
  if (unstorable === undefined) return copier(state)();
  throw new TypeError(
    `Cannot memoize a call: the \`state\` of \`[memoState]()\` of ${describeArgument(argument)} must be plain data, got ${unstorable}`,
  );
}
