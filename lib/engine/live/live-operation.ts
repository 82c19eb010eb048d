/** One operation of a live source. Its task decides when it is applied. */
export interface LiveOperation<T> {
  /** The key of the child that the operation concerns; `undefined` for all children. */
  readonly key: string | undefined;
  /** When the change happened; `undefined` for now. */
  readonly at: Date | undefined;
  /** The result for the caller who has queued the operation. */
  readonly outcome: Promise<T>;
  /** Takes notice that the operation was queued and has to wait. */
  defer(): void;
  /** Applies the operation; must not reject. Resolves with `false` when a full operation has failed. */
  apply(): Promise<boolean>;
  /** Ends the operation unapplied: it was superseded, or the task takes no more operations. */
  abandon(): void;
}
