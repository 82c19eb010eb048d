import type { StableKey } from "../../state/stable-key.ts";
import { checkApplied } from "./check-answers.ts";
import type { AnyHandler, ContainerState } from "./target-handler.ts";

/** A batch holds at most this many actions, unless one component alone has more. */
const MAX_BATCH_ACTIONS = 1000;

interface Submission {
  readonly handler: AnyHandler;
  readonly actions: readonly unknown[];
  readonly result: PromiseWithResolvers<readonly ContainerState[]>;
}

/**
 * Applies the actions of many components to one target: one batch at a time, in the order of submission. What arrives while a batch is
 * under way makes up the next one, as far as it has the same handler: a container that is mounted again in a live run has a new one.
 */
export class ApplyQueue {
  readonly #path: readonly StableKey[];
  readonly #waiting: Submission[] = [];
  #isRunning = false;

  /** `path` names the target, for errors. */
  constructor(path: readonly StableKey[]) {
    this.#path = path;
  }

  /** Resolves when all `actions` of one component are applied; for a container, with its state after each. */
  submit(handler: AnyHandler, actions: readonly unknown[]): Promise<readonly ContainerState[]> {
    const result = Promise.withResolvers<readonly ContainerState[]>();
    this.#waiting.push({ handler, actions, result });
    if (!this.#isRunning) void this.#run();
    return result.promise;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) await this.#applyBatch(this.#takeBatch());
    this.#isRunning = false;
  }

  #takeBatch(): readonly Submission[] {
    let count = 0;
    let size = 0;
    for (const { actions, handler } of this.#waiting) {
      if (handler !== this.#waiting[0]!.handler) break;
      if (count > 0 && size + actions.length > MAX_BATCH_ACTIONS) break;
      size += actions.length;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #applyBatch(batch: readonly Submission[]): Promise<void> {
    try {
      const actions = batch.flatMap((submission) => submission.actions);
      const { handler } = batch[0]!;
      const states = checkApplied(this.#path, handler, await handler.apply(actions), actions.length);
      let offset = 0;
      for (const submission of batch) {
        const end = offset + submission.actions.length;
        submission.result.resolve(states.slice(offset, end));
        offset = end;
      }
    } catch (error) {
      if (batch.length === 1) return batch[0]!.result.reject(error);
      // One action may have failed all the others: actions are idempotent, so each component gets a try of its own.
      for (const submission of batch) await this.#applyBatch([submission]);
    }
  }
}
