/** The key of the method that gives a value's identity for memoization; see {@link Memoizable}. */
export const memoKey: unique symbol = Symbol.for("tidemark.memoKey");

/** The key of the method that tells whether a value is still as it was; see {@link Memoizable}. */
export const memoState: unique symbol = Symbol.for("tidemark.memoState");

/**
 * The key of a method that completes the state from before the execution with the content that the execution has read. Internal: it is
 * for values whose state would be as expensive as the execution.
 */
export const completeMemoState: unique symbol = Symbol.for("tidemark.completeMemoState");

/** The key of a method that gives the `[memoKey]()` of Tidemark 0.1, where it has changed. Internal. */
export const formatOneMemoKey: unique symbol = Symbol.for("tidemark.formatOneMemoKey");

/**
 * The key of a static property of a class of Tidemark itself. Internal. It says that the keys of the instances are array literals of
 * primitives that begin with a name of their own. The name of the class, which a minifier may change, is then not compared, and the
 * key is not searched for other properties.
 */
export const hasNamedKey: unique symbol = Symbol.for("tidemark.hasNamedKey");

/** The answer of a memo state: the state to store, and whether the previous state is still valid. */
export interface MemoState {
  /** Plain data to store with the memo. */
  readonly state: unknown;
  /** Whether a memo stored with the previous state may be used again. */
  readonly isValid: boolean;
}

/**
 * An argument that decides itself when a memo is valid.
 *
 * `[memoKey]()` is plain data that identifies it among the instances of its class (a file: its folder and path). The class needs a name,
 * which is compared with the key, as are the names of the classes that it extends.
 *
 * `[memoState](previous)`, where given, decides cheaply whether the content is unchanged, and gives the new state. Tidemark calls it
 * before the function is executed, and stores that state: a change during the execution is found by the next run. `previous` is the
 * stored state, or `undefined` when there is none for the same arguments. If the method throws or rejects, the component fails and is
 * not executed; so it does, with a TypeError, for an answer that is no {@link MemoState} or promise of one.
 *
 * @example
 *     class Page {
 *       constructor(readonly url: string, readonly etag: string) {}
 *       [memoKey]() { return this.url; }
 *       [memoState](previous: unknown) { return { state: this.etag, isValid: previous === this.etag }; }
 *     }
 */
export interface Memoizable {
  [memoKey](): unknown;
  [memoState]?(previous: unknown): MemoState | Promise<MemoState>;
}

/** An argument with the methods that only classes of Tidemark itself have. Internal. */
export interface InternalMemoizable extends Memoizable {
  [completeMemoState]?(state: unknown): unknown;
  [formatOneMemoKey]?(): unknown;
}

/** Whether `value` implements {@link Memoizable}. */
export function isMemoizable(value: object): value is InternalMemoizable {
  return memoKey in value;
}

/** The identity that Tidemark 0.1 stored for a value; see {@link formatOneMemoKey}. */
export function formatOneKeyOf(value: Memoizable & { [formatOneMemoKey]?(): unknown }): unknown {
  return value[formatOneMemoKey]?.() ?? value[memoKey]();
}
