/** One operation on one key, or on all of them. */
export interface Operation<O> {
  /** Carries it out; must not reject. A full operation that resolves with `false` has failed, and takes nobody's place. */
  run(): Promise<boolean>;
  /**
   * Tells that it is not carried out: `newer` is to be in its place; without one, a full operation has been, or the operations were
   * closed.
   */
  drop(newer?: O): void;
}

/** What is done alone, beside the operations. */
export interface Interlude {
  /** Carries it out; must not reject. */
  run(): Promise<void>;
  /** Tells that it is not carried out: the operations were closed. */
  drop(): void;
}

interface FullOperation<O> {
  readonly operation: O;
  /** The operations that it takes the place of, by key. */
  readonly displaced: Map<string, O>;
}

/**
 * Operations on keys. Those on one key run one at a time, those on different keys side by side; of those that wait, the newest wins. A
 * full operation concerns every key: it runs alone, in place of all that wait when it is asked for, and before all that come later.
 * What comes of it is therefore the same as if every operation had run in the order of asking, except that of several full ones that wait
 * only the newest runs, fail as it may.
 */
export class KeyedOperations<O extends Operation<O>> {
  readonly #running = new Set<string>();
  readonly #waiting = new Map<string, O>();
  #waitingFull: FullOperation<O> | undefined;
  readonly #interludes: Interlude[] = [];
  /** Whether a full operation or an interlude runs. */
  #isAlone = false;
  #isClosed = false;
  #idle: PromiseWithResolvers<void> | undefined;

  /** Runs an operation on one key as soon as it may. Gives whether that was at once. */
  add(key: string, operation: O): boolean {
    if (this.#isClosed) {
      operation.drop();
      return false;
    }
    if (this.#isHeld || this.#running.has(key)) {
      this.#waiting.get(key)?.drop(operation);
      this.#waiting.set(key, operation);
      return false;
    }
    void this.#start(key, operation);
    return true;
  }

  /** Runs an operation that concerns every key as soon as it may. */
  addFull(operation: O): void {
    if (this.#isClosed) return operation.drop();
    const displaced = this.#waitingFull?.displaced ?? new Map<string, O>();
    for (const [key, waiting] of this.#waiting) {
      displaced.get(key)?.drop(waiting);
      displaced.set(key, waiting);
    }
    this.#waiting.clear();
    this.#waitingFull?.operation.drop(operation);
    this.#waitingFull = { operation, displaced };
    this.#advance();
  }

  /** Does something alone, as soon as what runs has ended: before all operations that wait, and in place of none. */
  interpose(interlude: Interlude): void {
    if (this.#isClosed) return interlude.drop();
    this.#interludes.push(interlude);
    this.#advance();
  }

  /** Drops what waits, and whatever comes later; what runs goes on. */
  close(): void {
    this.#isClosed = true;
    const full = this.#waitingFull;
    const dropped: { drop(): void }[] = [...this.#waiting.values(), ...(full?.displaced.values() ?? [])];
    if (full !== undefined) dropped.push(full.operation);
    dropped.push(...this.#interludes.splice(0));
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
    return this.#isAlone || this.#waitingFull !== undefined || this.#interludes.length > 0;
  }

  async #start(key: string, operation: O): Promise<void> {
    this.#running.add(key);
    await operation.run();
    this.#running.delete(key);
    if (!this.#isHeld) this.#startWaiting(key);
    this.#advance();
  }

  async #startFull({ displaced, operation }: FullOperation<O>): Promise<void> {
    this.#isAlone = true;
    const hasSucceeded = await operation.run();
    for (const [key, former] of displaced) {
      if (hasSucceeded || this.#isClosed) former.drop();
      else this.#takeBack(key, former);
    }
    this.#endAlone();
  }

  async #startInterlude(interlude: Interlude): Promise<void> {
    this.#isAlone = true;
    await interlude.run();
    this.#endAlone();
  }

  #endAlone(): void {
    this.#isAlone = false;
    if (!this.#isHeld) for (const key of this.#waiting.keys()) this.#startWaiting(key);
    this.#advance();
  }

  /** Has an operation wait again after the full one that was to take its place has failed, unless there is a newer one. */
  #takeBack(key: string, operation: O): void {
    const waiting = this.#waitingFull?.displaced ?? this.#waiting;
    const newer = waiting.get(key);
    if (newer === undefined) waiting.set(key, operation);
    else operation.drop(newer);
  }

  #startWaiting(key: string): void {
    const next = this.#waiting.get(key);
    if (next === undefined) return;
    this.#waiting.delete(key);
    void this.#start(key, next);
  }

  #startAlone(): void {
    const interlude = this.#interludes.shift();
    if (interlude !== undefined) return void this.#startInterlude(interlude);
    const full = this.#waitingFull;
    this.#waitingFull = undefined;
    if (full !== undefined) void this.#startFull(full);
  }

  #advance(): void {
    if (!this.#isAlone && this.#running.size === 0) this.#startAlone();
    if (!this.#isIdle) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}
