import { byteString } from "../../lib/state/byte-string.ts";
import { expect } from "chai";
import { decodeSum, RowSum, SUM_KEY } from "../../lib/state/row-sum.ts";
import type { StateChange } from "../../lib/state/store.ts";
import { bytes, hex, put, remove } from "./entries.ts";

/** Rows in memory, with their sum. */
class SummedRows {
  readonly #values = new Map<string, Uint8Array>();
  readonly #sum: RowSum;

  constructor(initial: number | undefined) {
    this.#sum = new RowSum(initial);
  }

  commit(...writes: StateChange[][]): void {
    const pending = writes.map((changes) => changes.map((change) => ({ ...change, id: byteString(change.key) })));
    const sum = this.#sum.changeFor(pending, (key) => this.#values.get(hex(key)!));
    for (const { key, value } of [...writes.flat(), ...(sum === undefined ? [] : [sum])]) {
      if (value === undefined) this.#values.delete(hex(key)!);
      else this.#values.set(hex(key)!, value);
    }
  }

  get sum(): number | undefined {
    const stored = this.#values.get(hex(SUM_KEY)!);
    return stored && decodeSum(stored);
  }
}

describe("RowSum", () => {
  it("is the same for the same rows, however they came about", () => {
    const one = new SummedRows(0);
    one.commit([put("a", "1"), put("b", "2")], [put("c", "3")]);
    const other = new SummedRows(0);
    other.commit([put("c", "0"), put("d", "4"), put("b", "2")]);
    other.commit([put("c", "x"), put("c", "3")], [remove("d"), put("a", "9")], [put("a", "1"), remove("none")]);
    expect(other.sum).to.equal(one.sum);
    other.commit([remove("a"), remove("b"), remove("c")]);
    expect(other.sum).to.equal(0);
  });

  it("is another one when a value is older, or a row is missing", () => {
    const sums = [[put("a", "1"), put("b", "2")], [put("a", "1"), put("b", "1")], [put("a", "1")]].map((rows) => {
      const summed = new SummedRows(0);
      summed.commit(rows);
      return summed.sum;
    });
    expect(new Set(sums).size).to.equal(sums.length);
  });

  it("goes on from the sum of rows that were there before, and is absent where that is unknown", () => {
    const before = new SummedRows(0);
    before.commit([put("a", "1")]);
    const rows = new SummedRows(before.sum);
    rows.commit([put("b", "2")]);
    const together = new SummedRows(0);
    together.commit([put("a", "1"), put("b", "2")]);
    expect(rows.sum).to.equal(together.sum);
    const unknown = new SummedRows(undefined);
    unknown.commit([put("a", "1")]);
    expect(unknown.sum).to.equal(undefined);
  });

  it("has a key behind all keys of rows", () => {
    expect(Buffer.compare(SUM_KEY, bytes("ÿ".repeat(900)))).to.equal(1);
    expect(Buffer.compare(SUM_KEY, new Uint8Array(1900).fill(0xff))).to.equal(1);
  });
});
