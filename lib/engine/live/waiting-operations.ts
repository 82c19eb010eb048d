import type { KeyedOperation } from "./keyed-operation.ts";

/** A full operation, with the operations that it supersedes unless it fails. */
export interface FullTurn<O> {
  readonly operation: O;
  /** The superseded operations, by key. */
  readonly displaced: Map<string, O>;
}

/** The operations that wait for their turn: the newest one for each key, and the newest full one. */
export class WaitingOperations<O extends KeyedOperation<O>> {
  readonly #byKey = new Map<string, O>();
  #full: FullTurn<O> | undefined;

  /** Whether a full operation waits. */
  get hasFull(): boolean {
    return this.#full !== undefined;
  }

  /** The number of waiting operations on one key, without the superseded ones. */
  get size(): number {
    return this.#byKey.size;
  }

  /** The keys of the waiting operations. An operation may be taken while the keys are iterated over. */
  keys(): Iterable<string> {
    return this.#byKey.keys();
  }

  /** Adds an operation on one key, in place of the one that waits for the key. */
  add(key: string, operation: O): void {
    this.#byKey.get(key)?.abandon(operation);
    this.#byKey.set(key, operation);
  }

  /** Adds a full operation, in place of every operation that waits. */
  addFull(operation: O): void {
    const displaced = this.#full?.displaced ?? new Map<string, O>();
    for (const [key, waiting] of this.#byKey) {
      displaced.get(key)?.abandon(waiting);
      displaced.set(key, waiting);
    }
    this.#byKey.clear();
    this.#full?.operation.abandon(operation);
    this.#full = { operation, displaced };
  }

  /** Removes and returns the operation that waits for a key. */
  take(key: string): O | undefined {
    const operation = this.#byKey.get(key);
    this.#byKey.delete(key);
    return operation;
  }

  /** Removes and returns the full operation. */
  takeFull(): FullTurn<O> | undefined {
    const full = this.#full;
    this.#full = undefined;
    return full;
  }

  /** Restores an operation after the full one that was to supersede it has failed, unless a newer one waits. */
  restore(key: string, operation: O): void {
    const waiting = this.#full?.displaced ?? this.#byKey;
    const newer = waiting.get(key);
    if (newer === undefined) waiting.set(key, operation);
    else operation.abandon(newer);
  }

  /** Removes and returns every operation, the full one last. */
  takeAll(): O[] {
    const full = this.takeFull();
    const all = [...this.#byKey.values(), ...(full?.displaced.values() ?? [])];
    if (full !== undefined) all.push(full.operation);
    this.#byKey.clear();
    return all;
  }
}
