/** Something that goes on beside the components of a run. */
export interface Stoppable {
  /** The ids of the components that it belongs to: the one it stands at, and those above. */
  readonly scope: readonly number[];
  /** Ends it: what is in progress is finished, what waits is dropped. Resolves when it has ended. */
  stop(reason: unknown): Promise<void>;
  /** Has it end once it is caught up, or now if it is. */
  finish(): void;
  /** Ends it as {@link stop} does, without waiting for what is in progress. */
  abort(reason: unknown): void;
}

/** The live sources and live components of one run. */
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

  /** Whether there is any. */
  get isEmpty(): boolean {
    return this.#tasks.size === 0;
  }

  /** A task has begun. */
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

  /** A task has ended. */
  remove(task: Stoppable): void {
    this.#tasks.delete(task);
    for (const id of task.scope) {
      const below = this.#below.get(id);
      below?.delete(task);
      if (below?.size === 0) this.#below.delete(id);
    }
    if (this.isEmpty) this.#ended?.resolve();
  }

  /** Stops everything at and below a component that is run again or deleted; a promise only where there is anything. */
  stopBelow(id: number, except?: Stoppable): Promise<void> | undefined {
    const tasks = [...(this.#below.get(id) ?? [])].filter((task) => task !== except);
    return tasks.length === 0 ? undefined : this.#stopAll(id, tasks);
  }

  /** Has every task end once it is caught up, those that are mounted from now on as well. */
  finish(): void {
    this.#isFinishing = true;
    for (const task of this.#tasks) task.finish();
  }

  /** Stops everything, also what is not caught up. */
  async stop(): Promise<void> {
    this.#isFinishing = true;
    await Promise.all([...this.#tasks].map((task) => task.stop(endReason())));
    await this.ended();
  }

  /** Ends everything with the reason that the run is aborted with. */
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

  /** Does work of a task: it waits for what runs {@link exclusively}. */
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

  /** Runs `action` as soon as no task is at work; what comes meanwhile waits for it. Not for two at once. */
  async exclusively(action: () => Promise<void>): Promise<void> {
    // What comes while this waits does not: work that is under way may depend on it.
    if (this.#numWorking > 0) await new Promise<void>((resolve) => (this.#waiting = resolve));
    this.#waiting = undefined;
    const acting = action();
    // Its failure is no business of those that wait.
    this.#exclusive = acting.catch(() => {}).finally(() => (this.#exclusive = undefined));
    await acting;
  }

  async #stopAll(id: number, tasks: readonly Stoppable[]): Promise<void> {
    // What is mounted below meanwhile, by work that is just being finished, is not even begun.
    this.#closing.set(id, (this.#closing.get(id) ?? 0) + 1);
    await Promise.all(tasks.map((task) => task.stop(endReason())));
    const count = this.#closing.get(id)! - 1;
    if (count === 0) this.#closing.delete(id);
    else this.#closing.set(id, count);
  }
}

/** What the signal of a task is aborted with that is not wanted any more. */
export function endReason(): DOMException {
  return new DOMException("The live source is not followed any more", "AbortError");
}
