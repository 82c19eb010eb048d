import { KeyedOperations } from "./keyed-operations.ts";
import type { LiveOperation } from "./live-operation.ts";
import { QueuedOperation, type QueuedOperationOptions } from "./queued-operation.ts";

/** The operations of one live source, in the order of {@link KeyedOperations}, with the changes that they apply. */
export class OperationQueue extends KeyedOperations<QueuedOperation> {
  readonly #options: QueuedOperationOptions;
  /** The ends of the operations that are not applied or abandoned yet. */
  readonly #pending = new Set<Promise<void>>();

  constructor(options: QueuedOperationOptions) {
    super();
    this.#options = options;
  }

  /** Applies an operation as soon as its turn comes; returns its outcome. */
  enqueue<T>(operation: LiveOperation<T>): Promise<T> {
    const queued = new QueuedOperation(operation, this.#options);
    const { ended } = queued;
    this.#pending.add(ended);
    void ended.then(() => this.#pending.delete(ended));
    if (!this.add(queued)) operation.defer();
    return operation.outcome;
  }

  /** Resolves when the operations that were queued so far are applied or abandoned. */
  async settledSoFar(): Promise<void> {
    await Promise.all(this.#pending);
  }
}
