/** The key of the method that gives a value's identity for memoization; see {@link Memoizable}. */
export const memoKey: unique symbol = Symbol.for("tidemark.memoKey");

/** The key of the method that tells whether a value is still as it was; see {@link Memoizable}. */
export const memoState: unique symbol = Symbol.for("tidemark.memoState");

/**
 * The key of the method that gives the identity that Tidemark 0.1 stored for a value of its own, where it is another one today: a
 * memo of that version is compared with it.
 */
export const formatOneMemoKey: unique symbol = Symbol.for("tidemark.formatOneMemoKey");

/** The answer of a memo state: what to remember, and whether what was remembered still holds. */
export interface MemoState {
  /** Plain data to store with the memo. */
  readonly state: unknown;
  /** Whether a memo stored with the previous state may be used again. */
  readonly isValid: boolean;
}

/**
 * An argument that says itself when a memo is valid.
 *
 * `[memoKey]()` is plain data that identifies it (a file: its folder and path). `[memoState](previous)`, where given, is asked
 * with the state of the last run: it decides cheaply whether the content is the same, and gives the new state.
 * It is asked with `undefined` once the component has run, for a first state.
 */
export interface Memoizable {
  [memoKey](): unknown;
  [memoState]?(previous: unknown): MemoState | Promise<MemoState>;
}

/** Whether `value` implements {@link Memoizable}. */
export function isMemoizable(value: unknown): value is Memoizable {
  return typeof value === "object" && value !== null && memoKey in value;
}

/** The identity that Tidemark 0.1 stored for a value; see {@link formatOneMemoKey}. */
export function formatOneKeyOf(value: Memoizable & { [formatOneMemoKey]?(): unknown }): unknown {
  return value[formatOneMemoKey]?.() ?? value[memoKey]();
}
