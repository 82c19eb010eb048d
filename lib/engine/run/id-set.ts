const PAGE_BITS = 15;
const PAGE_SIZE = 1 << PAGE_BITS;

interface Page {
  readonly bits: Uint32Array;
  /** The number of ids in it. */
  size: number;
}

/** A set of component ids: one bit each, in pages, so that a million components cost an eighth of a megabyte. */
export class IdSet {
  readonly #pages = new Map<number, Page>();

  has(id: number): boolean {
    const page = this.#pages.get(Math.floor(id / PAGE_SIZE));
    if (page === undefined) return false;
    const bit = id % PAGE_SIZE;
    return (page.bits[bit >>> 5]! & (1 << (bit & 31))) !== 0;
  }

  add(id: number): void {
    const index = Math.floor(id / PAGE_SIZE);
    let page = this.#pages.get(index);
    if (page === undefined) {
      page = { bits: new Uint32Array(PAGE_SIZE / 32), size: 0 };
      this.#pages.set(index, page);
    }
    const bit = id % PAGE_SIZE;
    if ((page.bits[bit >>> 5]! & (1 << (bit & 31))) !== 0) return;
    page.bits[bit >>> 5]! |= 1 << (bit & 31);
    page.size++;
  }

  delete(id: number): void {
    if (!this.has(id)) return;
    const index = Math.floor(id / PAGE_SIZE);
    const page = this.#pages.get(index)!;
    const bit = id % PAGE_SIZE;
    page.bits[bit >>> 5]! &= ~(1 << (bit & 31));
    page.size--;
    // Ids only grow: where components come and go for months, pages are left behind.
    if (page.size === 0) this.#pages.delete(index);
  }
}
