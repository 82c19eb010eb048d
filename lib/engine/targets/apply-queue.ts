import { byteString } from "../../state/byte-string.ts";
import type { StableKey } from "../../state/stable-key.ts";
import type { AbortGrace } from "../../time/abort-grace.ts";
import { isAbort } from "../../time/is-abort.ts";
import { abandonedApplies } from "./abandoned-applies.ts";
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
 *
 * After an abort, a call of `apply` has a grace to end; then it is abandoned, and all that waits is rejected with the abort reason.
 */
export class ApplyQueue {
  readonly #grace: AbortGrace;
  #waiting: Submission[] = [];
  #isRunning = false;

  constructor(grace: AbortGrace) {
    this.#grace = grace;
  }

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
      const ordered = order.map((index) => actions[index]!.action);
      const { signal } = this.#grace;
      const answer: unknown = await this.#grace.wait(
        () => handler.apply(ordered, { signal }) as unknown,
        (ended) => abandonedApplies.add(path, new Set(actions.map(({ key }) => key)), ended),
      );
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
      const { signal } = this.#grace;
      const failure: unknown = isAbort(error, signal) ? signal.reason : error;
      if (batch.length === 1) return batch[0]!.result.reject(failure);
      if (signal.aborted) return rejectAll(batch, signal.reason);
      // One action may have failed all the others: actions are idempotent, so each component gets a try of its own.
      for (const submission of batch.toSorted(byRemovals)) await this.#applyBatch([submission]);
    }
  }
}

function rejectAll(batch: readonly Submission[], reason: unknown): void {
  for (const { result } of batch) result.reject(reason);
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
