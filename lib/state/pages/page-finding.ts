import type { TidemarkErrorCode } from "../../errors.ts";

/** The kinds of damage that {@link checkPages} tells apart. */
export type PageFindingKind =
  /** The file ends before a page that is in use. */
  | "cut"
  /** One of the two pages at the start of the file, which name the roots. */
  | "meta"
  /** The header or the nodes of a page. */
  | "page"
  /** A key that is out of order in its page, or outside of the range of its page. */
  | "order"
  /** A tree whose pages or entries are not as many as its record says. */
  | "count"
  /** The list of free pages. */
  | "free"
  /** A row whose checksum does not fit its key and its content. */
  | "row"
  /** The rows are other ones than those that were written last: a write was lost. */
  | "sum";

/** One damaged place of `data.mdb`. */
export interface PageFinding {
  readonly kind: PageFindingKind;
  /** `STORE_TOO_NEW` only for a row of a later format. */
  readonly code: Extract<TidemarkErrorCode, "STORE_CORRUPT" | "STORE_TOO_NEW">;
  /** The number of the page; `undefined` for damage that is on no single page. */
  readonly page: number | undefined;
  /** The damage in words, such as "page 7 is damaged: its number must be 7, got 9". */
  readonly message: string;
}
