/** A task that goes on beside the components of a run. */
export interface Stoppable {
  /** The ids of the components that the task belongs to: the one that it stands at, and its ancestors. */
  readonly scope: readonly number[];
  /** Ends the task: operations in progress are finished, waiting ones abandoned. Resolves when the task has ended. */
  stop(reason: unknown): Promise<void>;
  /** Ends the task as soon as it has caught up. */
  finish(): void;
  /** Ends the task as {@link stop} does, without waiting for operations in progress. */
  abort(reason: unknown): void;
}

/** The tasks of the live sources of one run. */
export class LiveRegistry {
  readonly #isLive: boolean;
  readonly #tasks = new Set<Stoppable>();
  /** The tasks at and below each component that has any. */
  readonly #below = new Map<number, Set<Stoppable>>();
  readonly #closing = new Map<number, number>();
  #isFinishing = false;
  #aborted: { readonly reason: unknown } | undefined;
  #ended: PromiseWithResolvers<void> | undefined;
  #numWorking = 0;
  #exclusive: Promise<void> | undefined;
  #waiting: (() => void) | undefined;

  constructor(options: { readonly isLive: boolean }) {
    this.#isLive = options.isLive;
  }

  /** Whether tasks go on after they have caught up. */
  get areLasting(): boolean {
    return this.#isLive && !this.#isFinishing;
  }

  /** Whether no task goes on. */
  get isEmpty(): boolean {
    return this.#tasks.size === 0;
  }

  /** Adds a task that has begun. */
  add(task: Stoppable): void {
    this.#tasks.add(task);
    for (const id of task.scope) {
      const below = this.#below.get(id);
      if (below === undefined) this.#below.set(id, new Set([task]));
      else below.add(task);
    }
    if (this.#aborted !== undefined) task.abort(this.#aborted.reason);
    else if (task.scope.some((id) => this.#closing.has(id))) void task.stop(endReason());
  }

  /** Removes a task that has ended. */
  remove(task: Stoppable): void {
    this.#tasks.delete(task);
    for (const id of task.scope) {
      const below = this.#below.get(id);
      below?.delete(task);
      if (below?.size === 0) this.#below.delete(id);
    }
    if (this.isEmpty) this.#ended?.resolve();
  }

  /** Stops the tasks at and below a component that is executed again or deleted; returns a promise only if there are any. */
  stopBelow(id: number, except?: Stoppable): Promise<void> | undefined {
    const tasks = [...(this.#below.get(id) ?? [])].filter((task) => task !== except);
    return tasks.length === 0 ? undefined : this.#stopAll(id, tasks);
  }

  /** Ends every task as soon as it has caught up, later tasks as well. */
  finish(): void {
    this.#isFinishing = true;
    for (const task of this.#tasks) task.finish();
  }

  /** Stops every task, whether it has caught up or not. */
  async stop(): Promise<void> {
    this.#isFinishing = true;
    await Promise.all([...this.#tasks].map((task) => task.stop(endReason())));
    await this.ended();
  }

  /** Aborts every task with the reason that the run is aborted with, later tasks as well. */
  abort(reason: unknown): void {
    this.#aborted = { reason };
    for (const task of this.#tasks) task.abort(reason);
  }

  /** Resolves when every task has ended. */
  async ended(): Promise<void> {
    if (this.isEmpty) return;
    this.#ended ??= Promise.withResolvers();
    await this.#ended.promise;
    this.#ended = undefined;
  }

  /** Does work of a task, after a running {@link exclusively | exclusive} action. */
  async work<T>(work: () => Promise<T>): Promise<T> {
    while (this.#exclusive !== undefined) await this.#exclusive;
    this.#numWorking++;
    try {
      return await work();
    } finally {
      this.#numWorking--;
      if (this.#numWorking === 0) this.#waiting?.();
    }
  }

  /** Runs `action` as soon as no task is at work; later work waits for its end. Not for two actions at once. */
  async exclusively(action: () => Promise<void>): Promise<void> {
    // Work that comes before the action begins does not wait: work in progress may depend on it.
    if (this.#numWorking > 0) await new Promise<void>((resolve) => (this.#waiting = resolve));
    this.#waiting = undefined;
    const acting = action();
    // Waiting work goes on whether the action fails or not.
    this.#exclusive = acting.catch(() => {}).finally(() => (this.#exclusive = undefined));
    await acting;
  }

  async #stopAll(id: number, tasks: readonly Stoppable[]): Promise<void> {
    // A task that work in progress mounts below meanwhile is stopped by `add`.
    this.#closing.set(id, (this.#closing.get(id) ?? 0) + 1);
    await Promise.all(tasks.map((task) => task.stop(endReason())));
    const count = this.#closing.get(id)! - 1;
    if (count === 0) this.#closing.delete(id);
    else this.#closing.set(id, count);
  }
}

/** Returns the abort reason for a task that has to end before its source does. */
export function endReason(): DOMException {
  return new DOMException("The live source is not followed any more", "AbortError");
}
