import type { LiveOperation } from "./live-operation.ts";

/** Options of a {@link FullOperation}. */
export interface FullOperationOptions {
  /** The signal of the attempt that has queued the operation. */
  readonly signal: AbortSignal;
}

/** An operation on all children of a live source. Its outcome is settled when it has ended. */
export abstract class FullOperation<O extends FullOperationOptions> implements LiveOperation<void> {
  readonly key = undefined;
  readonly at: Date | undefined;
  protected readonly options: O;
  readonly #ended = Promise.withResolvers<void>();

  constructor(options: O, at: Date | undefined) {
    this.options = options;
    this.at = at;
  }

  get outcome(): Promise<void> {
    return this.#ended.promise;
  }

  defer(): void {
    // The children stay current: most of them will prove to be unchanged.
  }

  async apply(): Promise<boolean> {
    try {
      const hasSucceeded = await this.perform();
      this.#ended.resolve();
      return hasSucceeded;
    } catch (error) {
      this.#ended.reject(error);
      return false;
    }
  }

  abandon(): void {
    const { signal } = this.options;
    if (signal.aborted) this.#ended.reject(signal.reason);
    else this.#ended.resolve();
  }

  /** Updates all children. Resolves with `false` after a failure that the exception handlers have swallowed; rejects with any other. */
  protected abstract perform(): Promise<boolean>;
}
