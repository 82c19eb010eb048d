/** An operation on one key or on all keys, as {@link KeyedOperations} queues it. */
export interface KeyedOperation<O> {
  /** The key of an operation; `undefined` for a full operation, which concerns every key. */
  readonly key: string | undefined;
  /** Applies the operation; must not reject. A full operation that resolves with `false` has failed and supersedes nothing. */
  apply(): Promise<boolean>;
  /** Ends the operation unapplied: `newer` supersedes it; without `newer`, a full operation has, or the queue was closed. */
  abandon(newer?: O): void;
}

/** An action that runs alone, between the operations. */
export interface Interlude {
  /** Runs the action; must not reject. */
  apply(): Promise<void>;
  /** Ends the action before it has run: the queue was closed. */
  abandon(): void;
}
