import { byteString } from "../../state/byte-string.ts";
import type { StableKey } from "../../state/stable-key.ts";
import { checkApplied } from "./check-answers.ts";
import type { AnyHandler, ContainerState } from "./target-handler.ts";

/** A batch holds at most this many actions, unless one component alone has more. */
const MAX_BATCH_ACTIONS = 1000;

/** One action on a target state. */
export interface QueuedAction {
  readonly action: unknown;
  /** The encoded key of the state. */
  readonly key: Uint8Array;
  readonly isRemoval: boolean;
}

/** The actions of one component on one target. */
export interface TargetActions {
  /** The path of the target, for errors. */
  readonly path: readonly StableKey[];
  readonly handler: AnyHandler;
  readonly actions: readonly QueuedAction[];
}

interface Submission extends TargetActions {
  readonly hasRemovals: boolean;
  readonly result: PromiseWithResolvers<readonly ContainerState[]>;
}

/**
 * Applies the actions of many components to one target, or to the targets that overlap: one batch at a time, in the order of submission.
 * Submissions that arrive during a batch make up the next one, as far as they have the same handler. In a batch removals come first, so
 * that they make room for what is written.
 */
export class ApplyQueue {
  #waiting: Submission[] = [];
  #isRunning = false;

  /** Resolves when all actions of one component are applied; for a container, with its state after each. */
  submit(actions: TargetActions): Promise<readonly ContainerState[]> {
    const result = Promise.withResolvers<readonly ContainerState[]>();
    const hasRemovals = actions.actions.some(({ isRemoval }) => isRemoval);
    this.#waiting.push({ ...actions, hasRemovals, result });
    if (!this.#isRunning) void this.#run();
    return result.promise;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) await this.#applyBatch(this.#takeBatch());
    this.#isRunning = false;
  }

  #takeBatch(): readonly Submission[] {
    const { handler } = this.#waiting[0]!;
    const batch: Submission[] = [];
    const left: Submission[] = [];
    let size = 0;
    let isFull = false;
    for (const submission of this.#waiting) {
      const { length } = submission.actions;
      // Nothing overtakes a removal by another handler: it may make room.
      isFull ||= batch.length > 0 && size + length > MAX_BATCH_ACTIONS;
      if (isFull || submission.handler !== handler) {
        isFull ||= submission.hasRemovals;
        left.push(submission);
        continue;
      }
      size += length;
      batch.push(submission);
    }
    this.#waiting = left;
    return batch;
  }

  async #applyBatch(batch: readonly Submission[]): Promise<void> {
    try {
      const { handler, path } = batch[0]!;
      const actions = batch.flatMap((submission) => submission.actions);
      const order = removalsFirst(actions);
      const answer: unknown = await handler.apply(order.map((index) => actions[index]!.action));
      const applied = checkApplied(path, handler, answer, actions.length);
      const states: ContainerState[] = [];
      for (const [at, state] of applied.entries()) states[order[at]!] = state;
      let offset = 0;
      for (const submission of batch) {
        const end = offset + submission.actions.length;
        submission.result.resolve(states.slice(offset, end));
        offset = end;
      }
    } catch (error) {
      if (batch.length === 1) return batch[0]!.result.reject(error);
      // One action may have failed all the others: actions are idempotent, so each component gets a try of its own.
      for (const submission of batch.toSorted(byRemovals)) await this.#applyBatch([submission]);
    }
  }
}

/** The order in which actions are applied, by their places: removals first, except one of a state that an earlier action writes. */
function removalsFirst(actions: readonly QueuedAction[]): readonly number[] {
  if (!actions.some(({ isRemoval }) => isRemoval)) return [...actions.keys()];
  const removals: number[] = [];
  const others: number[] = [];
  const written = new Set<string>();
  for (const [index, { isRemoval, key }] of actions.entries()) {
    if (isRemoval && !(written.size > 0 && written.has(byteString(key)))) removals.push(index);
    else others.push(index);
    if (!isRemoval) written.add(byteString(key));
  }
  return [...removals, ...others];
}

function byRemovals(one: Submission, other: Submission): number {
  return Number(other.hasRemovals) - Number(one.hasRemovals);
}
