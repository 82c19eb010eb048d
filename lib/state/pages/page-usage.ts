import type { Findings } from "./findings.ts";

const IN_USE = 1;
const FREE = 2;
/** The pages before are the meta pages. */
const FIRST_PAGE = 2;

/** The use of each page of a file: each is in use once, or free once. */
export class PageUsage {
  readonly #uses: Uint8Array;
  readonly #lastPage: number;
  readonly #findings: Findings;
  #numFreeOutside = 0;

  /** `numPages` pages are in the file; the snapshot may use those up to `lastPage`. */
  constructor(numPages: number, lastPage: number, findings: Findings) {
    this.#uses = new Uint8Array(numPages);
    this.#lastPage = lastPage;
    this.#findings = findings;
  }

  /** The number of free pages that the file is too short for: lmdb never writes pages that it has freed in the transaction that took them. */
  get numFreeOutside(): number {
    return this.#numFreeOutside;
  }

  /** Marks pages as in use by a page. Returns whether they can be read, and are used for the first time. */
  use(first: number, count: number, by: number | undefined): boolean {
    const fault = this.#findFault(first, count);
    if (fault !== undefined) {
      this.#findings.add(
        fault.kind,
        by,
        `${by === undefined ? "the root" : "a page"} that it names is ${fault.detail}`,
      );
      return false;
    }
    for (let page = first; page < first + count; page++) {
      if (this.#uses[page] !== 0) {
        this.#findings.add("page", page, this.#uses[page] === FREE ? "it is in use and free" : "it is in use twice");
        return false;
      }
      this.#uses[page] = IN_USE;
    }
    return true;
  }

  /** Marks pages as free. */
  free(first: number, count: number, listedIn: number | undefined): void {
    if (first < FIRST_PAGE || count < 1 || first + count - 1 > this.#lastPage) {
      this.#findings.add("free", listedIn, `the pages from ${first} on are listed as free, and are no pages`);
      return;
    }
    const end = Math.min(first + count, this.#uses.length);
    this.#numFreeOutside += count - Math.max(0, end - first);
    for (let page = first; page < end; page++) {
      const use = this.#uses[page];
      if (use === 0) this.#uses[page] = FREE;
      else this.#findings.add("free", page, use === FREE ? "it is listed as free twice" : "it is in use and free");
    }
  }

  #findFault(first: number, count: number): { readonly kind: "page" | "cut"; readonly detail: string } | undefined {
    const last = first + count - 1;
    if (first < FIRST_PAGE || count < 1 || last > this.#lastPage) {
      return { kind: "page", detail: `page ${first}, which does not exist` };
    }
    return last < this.#uses.length ? undefined : { kind: "cut", detail: `page ${first}, behind the end of the file` };
  }
}
