/** A set of promises to wait for. Each is forgotten once it has settled; none may reject. */
export class Pending {
  readonly #promises = new Set<Promise<void>>();

  /** The number of promises that have not settled. */
  get size(): number {
    return this.#promises.size;
  }

  /** Adds a promise. */
  add(promise: Promise<void>): void {
    const forgotten = promise.finally(() => this.#promises.delete(forgotten));
    this.#promises.add(forgotten);
  }

  /** Resolves when all promises have settled, including any that are added in the meantime. */
  async settled(): Promise<void> {
    while (this.size > 0) await Promise.all(this.#promises);
  }
}
