/** The most components that may vanish below one owner: a number, or a share of all that the store has below it. */
export interface DeleteLimit {
  /** The limit as it was given, for messages. */
  readonly text: string;
  readonly maxCount: number | undefined;
  /** From 0 to 1. */
  readonly maxShare: number | undefined;
}
