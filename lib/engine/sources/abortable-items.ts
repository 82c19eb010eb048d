/**
 * Iterates over items, but no longer than until a signal is aborted: it rejects with the signal's reason then, also while an item is
 * waited for that never comes. The iterator of the items is told to end, and is not waited for.
 */
export class AbortableItems<T> implements AsyncIterableIterator<T>, Disposable {
  readonly #iterator: Iterator<T> | AsyncIterator<T>;
  readonly #isAsync: boolean;
  readonly #signal: AbortSignal;
  /** Ends the present wait. */
  #interrupt: ((reason: unknown) => void) | undefined;

  constructor(items: Iterable<T> | AsyncIterable<T>, signal: AbortSignal) {
    signal.throwIfAborted();
    this.#isAsync = Symbol.asyncIterator in items;
    this.#iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
    this.#signal = signal;
    signal.addEventListener("abort", this.#abort, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T>> {
    return this.#interruptible(() => this.#step());
  }

  async return(): Promise<IteratorResult<T>> {
    // The abort has told the iterator already.
    if (!this.#signal.aborted) await this.#interruptible(async () => this.#iterator.return?.());
    return { done: true, value: undefined };
  }

  /** Listens to the signal no more. */
  [Symbol.dispose](): void {
    this.#signal.removeEventListener("abort", this.#abort);
  }

  readonly #abort = (): void => {
    this.#interrupt?.(this.#signal.reason);
    const end = async (): Promise<unknown> => this.#iterator.return?.();
    end().catch(() => {});
  };

  #step(): Promise<IteratorResult<T>> {
    const result = this.#iterator.next();
    return this.#isAsync ? (result as Promise<IteratorResult<T>>) : awaitValue(result as IteratorResult<T>);
  }

  /** Does not use `Promise.race`, which would keep something for each item as long as the signal lives. */
  #interruptible<R>(step: () => PromiseLike<R>): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#signal.throwIfAborted();
      this.#interrupt = reject;
      step().then(resolve, reject);
    });
  }
}

/** As `for await` does with the values of an iterator that is not asynchronous. */
async function awaitValue<T>({ done, value }: IteratorResult<T>): Promise<IteratorResult<T>> {
  return { done, value: (await value) as T } as IteratorResult<T>;
}
