/** The consumer of a generator, as its body sees it. */
export interface Consumer {
  /** Whether the consumer has left: the body has to return. */
  readonly hasLeft: boolean;
  /** Called when the consumer leaves, to end a wait of the body. */
  onLeave: (() => void) | undefined;
}

/**
 * A generator whose consumer can leave at any moment. An ordinary generator answers `return` and `throw` only after the wait that it is
 * in, which may last for ever; this one ends the wait.
 */
export class LeavableGenerator<T> implements AsyncGenerator<T, void, void>, Consumer {
  onLeave: (() => void) | undefined;
  readonly #body: AsyncGenerator<T, void, void>;
  #hasLeft = false;

  constructor(body: (consumer: Consumer) => AsyncGenerator<T, void, void>) {
    this.#body = body(this);
  }

  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  next(): Promise<IteratorResult<T, void>> {
    return this.#body.next();
  }

  return(): Promise<IteratorResult<T, void>> {
    this.#leave();
    return this.#body.return();
  }

  throw(error: unknown): Promise<IteratorResult<T, void>> {
    this.#leave();
    return this.#body.throw(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #leave(): void {
    this.#hasLeft = true;
    this.onLeave?.();
  }
}
