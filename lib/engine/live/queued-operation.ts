import type { Clock } from "../../time/clock.ts";
import type { LiveRegistry } from "../run/live-registry.ts";
import type { KeyedOperation } from "./keyed-operation.ts";
import type { LiveOperation } from "./live-operation.ts";
import type { SourceReporter } from "./source-reporter.ts";

/** Options of {@link QueuedOperation}. */
export interface QueuedOperationOptions {
  readonly clock: Clock;
  /** Decides when a task may work. */
  readonly registry: LiveRegistry;
  readonly reporter: Pick<SourceReporter, "addChange" | "removeChange">;
  /** Aborted when the task ends before the source does: an operation abandoned after that leaves the reports outdated. */
  readonly signal: AbortSignal;
}

/** A live operation in the queue of its task, with the change that it applies. */
export class QueuedOperation implements KeyedOperation<QueuedOperation> {
  readonly key: string | undefined;
  readonly #operation: LiveOperation<unknown>;
  readonly #options: QueuedOperationOptions;
  readonly #change: { at: Date };
  readonly #ended = Promise.withResolvers<void>();

  constructor(operation: LiveOperation<unknown>, options: QueuedOperationOptions) {
    const at = operation.at ?? options.clock.date();
    if (!(at instanceof Date) || Number.isNaN(at.getTime())) {
      throw new TypeError(`Cannot take a change: \`at\` must be a valid Date, got ${String(at)}`);
    }
    this.key = operation.key;
    this.#operation = operation;
    this.#options = options;
    this.#change = { at: new Date(at) };
    options.reporter.addChange(this.#change);
  }

  /** Resolves when the operation is applied or abandoned. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  async apply(): Promise<boolean> {
    const hasSucceeded = await this.#options.registry.work(() => this.#operation.apply());
    this.#end(hasSucceeded);
    return hasSucceeded;
  }

  abandon(newer?: QueuedOperation): void {
    // The older change is not applied before `newer` is.
    if (newer !== undefined && this.#change.at < newer.#change.at) newer.#change.at = this.#change.at;
    this.#operation.abandon();
    this.#end(newer === undefined && !this.#options.signal.aborted);
  }

  #end(isApplied: boolean): void {
    this.#options.reporter.removeChange(this.#change, isApplied);
    this.#ended.resolve();
  }
}
