/** Lets at most so many pieces of work run at once; the others wait, in their order. */
export class ConcurrencyLimit {
  #numFree: number;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#numFree = limit;
  }

  /** Runs `work` as soon as there is room for it; settles as it does. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#numFree > 0) this.#numFree--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#numFree++;
      else next();
    }
  }
}
