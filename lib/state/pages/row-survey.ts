import { addToSum, numberOfEntry } from "./entry-sum.ts";
import type { Findings } from "./findings.ts";
import type { ByteRange, RowCheck } from "./row-check.ts";

const SUM_BYTES = 4;

/**
 * The check of all rows of a store, one by one and by their sum. The sum is an entry under a key that is longer than the keys of rows; each
 * transaction writes it.
 */
export class RowSurvey {
  readonly #findings: Findings;
  readonly #maxKeyBytes: number;
  readonly #checkRow: RowCheck | undefined;
  #sum = 0;
  #stored: { readonly sum: number; readonly txnId: number } | undefined;

  constructor(findings: Findings, maxKeyBytes: number, checkRow: RowCheck | undefined) {
    this.#findings = findings;
    this.#maxKeyBytes = maxKeyBytes;
    this.#checkRow = checkRow;
  }

  /** The sum of all rows. */
  get sum(): number {
    return this.#sum;
  }

  /** Visits an entry that is on a page, which a transaction has written. */
  visit(key: ByteRange, value: ByteRange, page: number, txnId: number): void {
    if (key.end - key.start > this.#maxKeyBytes) return this.#readSum(key, value, page, txnId);
    this.#sum = addToSum(this.#sum, numberOfEntry(value.bytes, value.start, value.end));
    const code = this.#checkRow?.(key, value);
    if (code !== undefined) this.#findings.add("row", page, "the checksum of a row is wrong", code);
  }

  /** Compares the sum of the rows with the stored one, if there is one, after all were visited. `txnId` is the last transaction. */
  compareSum(txnId: number): void {
    if (this.#stored === undefined || (this.#stored.sum === this.#sum && this.#stored.txnId === txnId)) return;
    this.#findings.add("sum", undefined, "the rows are not those that were written last");
  }

  #readSum(key: ByteRange, { bytes, end, start }: ByteRange, page: number, txnId: number): void {
    const isKey = key.bytes.subarray(key.start, key.end).every((byte) => byte === 0xff);
    if (!isKey || end - start !== SUM_BYTES) return this.#findings.add("row", page, "the sum of the rows is damaged");
    this.#stored = { sum: new DataView(bytes.buffer, bytes.byteOffset + start, SUM_BYTES).getUint32(0), txnId };
  }
}
