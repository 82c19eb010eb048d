import type { Findings } from "./findings.ts";
import { FLAGS } from "./page-layout.ts";
import type { PageFile } from "./page-file.ts";
import { PageView } from "./page-view.ts";
import { ReusedRange } from "./reused-range.ts";
import type { ByteRange } from "./row-check.ts";

/** A value on pages of its own. */
export interface OverflowValue {
  readonly page: number;
  readonly numPages: number;
  readonly txnId: number;
  readonly sizeBytes: number;
  readonly key: Uint8Array;
}

/** Takes an entry of a tree, with the page that it is on and the transaction that wrote the page. */
export type VisitEntry = (key: ByteRange, value: ByteRange, page: number, txnId: number) => void;

const MAX_VALUES = 1024;
const MAX_PAGES = 4096;

/** The values of a tree that are on pages of their own: they are gathered, and read in the order of the file. */
export class OverflowValues {
  readonly #file: PageFile;
  readonly #findings: Findings;
  readonly #visit: VisitEntry;
  #values: OverflowValue[] = [];
  #numPages = 0;

  constructor(file: PageFile, findings: Findings, visit: VisitEntry) {
    this.#file = file;
    this.#findings = findings;
    this.#visit = visit;
  }

  /** Whether the values are to be checked before more are added. */
  get isFull(): boolean {
    return this.#values.length >= MAX_VALUES || this.#numPages >= MAX_PAGES;
  }

  /** Adds a value, whose pages are in the file. */
  add(value: OverflowValue): void {
    this.#values.push(value);
    this.#numPages += value.numPages;
  }

  /** Checks the values that were added since the last time. */
  async check(): Promise<void> {
    const values = this.#values.toSorted((one, other) => one.page - other.page);
    this.#values = [];
    this.#numPages = 0;
    for (let index = 0; index < values.length && !this.#findings.isFull;) {
      const next = endOfPiece(values, index);
      const first = values[index]!.page;
      const last = values[next - 1]!;
      const count = last.page + last.numPages - first;
      const bytes = this.#file.createBuffer(count);
      await this.#file.read(first, count, bytes);
      const view = new PageView(bytes, this.#file.pageSize);
      for (; index < next; index++) {
        view.moveTo((values[index]!.page - first) * this.#file.pageSize);
        this.#checkOne(values[index]!, view);
      }
    }
  }

  #checkOne(value: OverflowValue, view: PageView): void {
    const fault = findFault(value, view);
    if (fault !== undefined) return this.#findings.add("page", value.page, fault);
    const { bodyStart } = view;
    const key = new ReusedRange().set(value.key, 0, value.key.length);
    this.#visit(
      key,
      new ReusedRange().set(view.bytes, bodyStart, bodyStart + value.sizeBytes),
      value.page,
      value.txnId,
    );
  }
}

function findFault({ page, numPages, txnId }: OverflowValue, view: PageView): string | undefined {
  if (view.number !== page) return `its number is ${view.number}`;
  if (view.flags !== FLAGS.overflow) return "it does not hold a large value";
  if (view.overflowPages !== numPages) return `it is the first of ${view.overflowPages} pages instead of ${numPages}`;
  return view.txnId === txnId ? undefined : `its transaction is ${view.txnId} instead of ${txnId}`;
}

function endOfPiece(values: readonly OverflowValue[], index: number): number {
  const first = values[index]!.page;
  let end = index + 1;
  for (; end < values.length; end++) {
    const before = values[end - 1]!;
    const { page, numPages } = values[end]!;
    if (page !== before.page + before.numPages || page + numPages - first > MAX_PAGES / 16) break;
  }
  return end;
}
