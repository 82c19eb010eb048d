/** Promises that are waited for together; each is forgotten once it is settled. They must not reject. */
export class Pending {
  readonly #promises = new Set<Promise<void>>();

  /** The number of those that are not settled. */
  get size(): number {
    return this.#promises.size;
  }

  /** Adds one. */
  add(promise: Promise<void>): void {
    const forgotten = promise.finally(() => this.#promises.delete(forgotten));
    this.#promises.add(forgotten);
  }

  /** Resolves when none is left, of those that are added meanwhile either. */
  async settled(): Promise<void> {
    while (this.size > 0) await Promise.all(this.#promises);
  }
}
