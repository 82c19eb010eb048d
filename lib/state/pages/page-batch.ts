/** Pages of one level of a tree that are yet to be checked, each with the bounds of its keys. */
export class PageBatch {
  readonly #pages: number[] = [];
  readonly #txnIds: number[] = [];
  readonly #lowStarts: number[] = [];
  readonly #lowEnds: number[] = [];
  readonly #highEnds: number[] = [];
  #keys = new Uint8Array(64 * 1024);
  #keysEnd = 0;

  /** The bytes of the bounds. */
  get keys(): Uint8Array {
    return this.#keys;
  }

  /** The number of pages. */
  get length(): number {
    return this.#pages.length;
  }

  /** Copies a bound of the pages that are added next, and returns where it ends. */
  addKey(bytes: Uint8Array, start: number, end: number): number {
    const needed = this.#keysEnd + end - start;
    if (needed > this.#keys.length) {
      const larger = new Uint8Array(needed * 2);
      larger.set(this.#keys);
      this.#keys = larger;
    }
    for (let at = start; at < end; at++) this.#keys[this.#keysEnd++] = bytes[at]!;
    return this.#keysEnd;
  }

  /** Where the next key will start. */
  get keysEnd(): number {
    return this.#keysEnd;
  }

  /**
   * Adds a page that no transaction after `txnId` has written. Its keys are at or above the bound from `lowStart` to `lowEnd`, and below the
   * bound from there to `highEnd`; without an upper bound, `highEnd` is negative.
   */
  add(page: number, txnId: number, lowStart: number, lowEnd: number, highEnd: number): void {
    this.#pages.push(page);
    this.#txnIds.push(txnId);
    this.#lowStarts.push(lowStart);
    this.#lowEnds.push(lowEnd);
    this.#highEnds.push(highEnd);
  }

  /** The number of a page. */
  page(task: number): number {
    return this.#pages[task]!;
  }

  /** The transaction that wrote the parent of a page. */
  txnId(task: number): number {
    return this.#txnIds[task]!;
  }

  /** The start of the lower bound of a page in {@link keys}. */
  lowStart(task: number): number {
    return this.#lowStarts[task]!;
  }

  /** The end of the lower bound of a page, and the start of the upper one. */
  lowEnd(task: number): number {
    return this.#lowEnds[task]!;
  }

  /** The end of the upper bound of a page; negative when it has none. */
  highEnd(task: number): number {
    return this.#highEnds[task]!;
  }

  /** The pages in the order of the file. */
  inFileOrder(): number[] {
    const { length } = this.#pages;
    // Both numbers in one, since an array of numbers is sorted several times as fast without a function that compares.
    const sorted = Float64Array.from(this.#pages, (page, task) => page * length + task).toSorted();
    return Array.from(sorted, (both) => both % length);
  }

  /** Removes all pages. */
  clear(): void {
    for (const list of [this.#pages, this.#txnIds, this.#lowStarts, this.#lowEnds, this.#highEnds]) list.length = 0;
    this.#keysEnd = 0;
  }
}
