/** One operation on one key, or on all of them. */
export interface Operation {
  /** Carries it out; must not reject. A full operation that resolves with `false` has failed, and takes nobody's place. */
  run(): Promise<boolean>;
  /** Tells that it is not carried out: a newer one has taken its place, or the operations were closed. */
  drop(): void;
}

interface FullOperation {
  readonly operation: Operation;
  /** The operations that it takes the place of, by key. */
  readonly displaced: Map<string, Operation>;
}

/**
 * Operations on keys. Those on one key run one at a time, those on different keys side by side; of those that wait, the newest wins. A
 * full operation concerns every key: it runs alone, in place of all that wait when it is asked for, and before all that come later.
 * What comes of it is therefore the same as if every operation had run in the order of asking, except that of several full ones that wait
 * only the newest runs, fail as it may.
 */
export class KeyedOperations {
  readonly #running = new Set<string>();
  readonly #waiting = new Map<string, Operation>();
  #runningFull: FullOperation | undefined;
  #waitingFull: FullOperation | undefined;
  #isClosed = false;
  #idle: PromiseWithResolvers<void> | undefined;

  /** Runs an operation on one key as soon as it may. Gives whether that was at once. */
  add(key: string, operation: Operation): boolean {
    if (this.#isClosed) {
      operation.drop();
      return false;
    }
    if (this.#isHeld || this.#running.has(key)) {
      this.#waiting.get(key)?.drop();
      this.#waiting.set(key, operation);
      return false;
    }
    void this.#start(key, operation);
    return true;
  }

  /** Runs an operation that concerns every key as soon as it may. */
  addFull(operation: Operation): void {
    if (this.#isClosed) return operation.drop();
    const displaced = this.#waitingFull?.displaced ?? new Map<string, Operation>();
    for (const [key, waiting] of this.#waiting) {
      displaced.get(key)?.drop();
      displaced.set(key, waiting);
    }
    this.#waiting.clear();
    this.#waitingFull?.operation.drop();
    this.#waitingFull = { operation, displaced };
    this.#advance();
  }

  /** Drops what waits, and whatever comes later; what runs goes on. */
  close(): void {
    this.#isClosed = true;
    const full = this.#waitingFull;
    const dropped = [...this.#waiting.values(), ...(full?.displaced.values() ?? [])];
    if (full !== undefined) dropped.push(full.operation);
    this.#waiting.clear();
    this.#waitingFull = undefined;
    for (const operation of dropped) operation.drop();
  }

  /** Resolves when nothing runs or waits. */
  async idle(): Promise<void> {
    if (this.#isIdle) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }

  get #isIdle(): boolean {
    return this.#running.size + this.#waiting.size === 0 && !this.#isHeld;
  }

  get #isHeld(): boolean {
    return (this.#runningFull ?? this.#waitingFull) !== undefined;
  }

  async #start(key: string, operation: Operation): Promise<void> {
    this.#running.add(key);
    await operation.run();
    this.#running.delete(key);
    if (!this.#isHeld) this.#startWaiting(key);
    this.#advance();
  }

  async #startFull(full: FullOperation): Promise<void> {
    this.#runningFull = full;
    const hasSucceeded = await full.operation.run();
    this.#runningFull = undefined;
    for (const [key, operation] of full.displaced) {
      if (hasSucceeded || this.#isClosed || !this.#takeBack(key, operation)) operation.drop();
    }
    if (!this.#isHeld) for (const key of this.#waiting.keys()) this.#startWaiting(key);
    this.#advance();
  }

  /** Has an operation wait again after the full one that was to take its place has failed, unless there is a newer one. */
  #takeBack(key: string, operation: Operation): boolean {
    const waiting = this.#waitingFull?.displaced ?? this.#waiting;
    if (waiting.has(key)) return false;
    waiting.set(key, operation);
    return true;
  }

  #startWaiting(key: string): void {
    const next = this.#waiting.get(key);
    if (next === undefined) return;
    this.#waiting.delete(key);
    void this.#start(key, next);
  }

  #advance(): void {
    const full = this.#waitingFull;
    if (full !== undefined && this.#runningFull === undefined && this.#running.size === 0) {
      this.#waitingFull = undefined;
      void this.#startFull(full);
    }
    if (!this.#isIdle) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}
