const PAGE_BITS = 15;
const PAGE_SIZE = 1 << PAGE_BITS;

/** A set of component ids: one bit each, in pages, so that a million components cost an eighth of a megabyte. */
export class IdSet {
  readonly #pages = new Map<number, Uint32Array>();

  has(id: number): boolean {
    const page = this.#pages.get(Math.floor(id / PAGE_SIZE));
    if (page === undefined) return false;
    const bit = id % PAGE_SIZE;
    return (page[bit >>> 5]! & (1 << (bit & 31))) !== 0;
  }

  add(id: number): void {
    const index = Math.floor(id / PAGE_SIZE);
    let page = this.#pages.get(index);
    if (page === undefined) {
      page = new Uint32Array(PAGE_SIZE / 32);
      this.#pages.set(index, page);
    }
    const bit = id % PAGE_SIZE;
    page[bit >>> 5]! |= 1 << (bit & 31);
  }
}
