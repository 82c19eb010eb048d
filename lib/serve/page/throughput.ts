/** The most seconds that are kept. */
const MAX_SECONDS = 300;

/** So much is shown at least, in seconds. */
const MIN_WINDOW_SECONDS = 60;

/** What finished in each second, as long as the page has looked on. */
export class Throughput {
  readonly #seconds: number[] = [];
  readonly #perSecond: number[] = [];
  #last: { readonly second: number; readonly count: number } | undefined;

  /** The seconds since 1970, and what finished in each: two rows of one length. */
  get rows(): readonly [readonly number[], readonly number[]] {
    return [this.#seconds, this.#perSecond];
  }

  /** The seconds since 1970 to show, from and to: all there are, and a minute at least. */
  window(nowMs: number): [from: number, to: number] {
    const to = this.#seconds.at(-1) ?? Math.floor(nowMs / 1000);
    return [Math.min(this.#seconds[0] ?? to, to - MIN_WINDOW_SECONDS), to];
  }

  /** Takes how many have finished by `nowMs`. */
  take(count: number, nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    if (this.#last !== undefined && second <= this.#last.second) return;
    if (this.#last !== undefined) {
      this.#seconds.push(second);
      this.#perSecond.push((count - this.#last.count) / (second - this.#last.second));
    }
    this.#last = { second, count };
    if (this.#seconds.length > MAX_SECONDS) {
      this.#seconds.shift();
      this.#perSecond.shift();
    }
  }
}
