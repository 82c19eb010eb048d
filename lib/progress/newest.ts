/** The newest values that were added, at most so many; the older ones are forgotten. */
export class Newest<T> {
  readonly #max: number;
  readonly #values: T[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  add(value: T): void {
    this.#values.push(value);
    if (this.#values.length > this.#max) this.#values.shift();
  }

  /** Oldest first; a copy. */
  values(): readonly T[] {
    return Object.freeze([...this.#values]);
  }
}
