import type { PageFinding, PageFindingKind } from "./page-finding.ts";

/** The findings of one check. */
export class Findings {
  readonly #max: number;
  readonly #list: PageFinding[] = [];

  /** `max` is the number of findings that are kept. */
  constructor(max: number) {
    this.#max = max;
  }

  /** The findings so far, in the order of the check. */
  get list(): readonly PageFinding[] {
    return this.#list;
  }

  /** Whether more findings would not be kept, so that the check can end. */
  get isFull(): boolean {
    return this.#list.length >= this.#max;
  }

  /** Adds the damage of a page, or of the file as a whole. */
  add(
    kind: PageFindingKind,
    page: number | undefined,
    detail: string,
    code: PageFinding["code"] = "STORE_CORRUPT",
  ): void {
    if (this.isFull) return;
    const message = page === undefined ? detail : `page ${page}: ${detail}`;
    this.#list.push({ kind, code, page, message });
  }
}
