import type { Interlude, KeyedOperation } from "./keyed-operation.ts";
import { WaitingOperations, type FullTurn } from "./waiting-operations.ts";

/**
 * A queue of operations on keys. Operations on one key run one at a time, those on different keys side by side, and the newest of the
 * waiting ones supersedes the others. A full operation concerns every key: it runs alone, supersedes all operations that wait when it
 * is added, and runs before all that are added later. The effect is the same as if every operation had run in the order of adding,
 * with one exception: only the newest of several waiting full operations runs, even if it fails.
 */
export class KeyedOperations<O extends KeyedOperation<O>> {
  readonly #running = new Set<string>();
  readonly #waiting = new WaitingOperations<O>();
  readonly #interludes: Interlude[] = [];
  /** Whether a full operation or an interlude runs. */
  #isAlone = false;
  #isClosed = false;
  #idle: PromiseWithResolvers<void> | undefined;

  /** Runs an operation as soon as its turn comes. Returns whether an operation on one key has begun at once. */
  add(operation: O): boolean {
    const { key } = operation;
    if (this.#isClosed) {
      operation.abandon();
      return false;
    }
    if (key === undefined) {
      this.#waiting.addFull(operation);
      this.#advance();
      return false;
    }
    if (this.#isHeld || this.#running.has(key)) {
      this.#waiting.add(key, operation);
      return false;
    }
    void this.#start(key, operation);
    return true;
  }

  /** Runs an interlude as soon as the running operations have ended: before all that wait, superseding none. */
  interpose(interlude: Interlude): void {
    if (this.#isClosed) return interlude.abandon();
    this.#interludes.push(interlude);
    this.#advance();
  }

  /** Abandons everything that waits or is added later; running operations go on. */
  close(): void {
    this.#isClosed = true;
    for (const abandoned of [...this.#waiting.takeAll(), ...this.#interludes.splice(0)]) abandoned.abandon();
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
    return this.#isAlone || this.#waiting.hasFull || this.#interludes.length > 0;
  }

  async #start(key: string, operation: O): Promise<void> {
    this.#running.add(key);
    await operation.apply();
    this.#running.delete(key);
    if (!this.#isHeld) this.#startWaiting(key);
    this.#advance();
  }

  async #startFull({ displaced, operation }: FullTurn<O>): Promise<void> {
    this.#isAlone = true;
    const hasSucceeded = await operation.apply();
    for (const [key, former] of displaced) {
      if (hasSucceeded || this.#isClosed) former.abandon();
      else this.#waiting.restore(key, former);
    }
    this.#endAlone();
  }

  async #startInterlude(interlude: Interlude): Promise<void> {
    this.#isAlone = true;
    await interlude.apply();
    this.#endAlone();
  }

  #endAlone(): void {
    this.#isAlone = false;
    if (!this.#isHeld) for (const key of this.#waiting.keys()) this.#startWaiting(key);
    this.#advance();
  }

  #startWaiting(key: string): void {
    const next = this.#waiting.take(key);
    if (next !== undefined) void this.#start(key, next);
  }

  #startAlone(): void {
    const interlude = this.#interludes.shift();
    if (interlude !== undefined) return void this.#startInterlude(interlude);
    const full = this.#waiting.takeFull();
    if (full !== undefined) void this.#startFull(full);
  }

  #advance(): void {
    if (!this.#isAlone && this.#running.size === 0) this.#startAlone();
    if (!this.#isIdle) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}
