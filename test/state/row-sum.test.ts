import { byteString } from "../../lib/state/byte-string.ts";
import { expect } from "chai";
import { decodeSum, RowSum, SUM_KEY, type Changes } from "../../lib/state/row-sum.ts";
import type { StateChange } from "../../lib/state/store.ts";
import { UsedKeys } from "../../lib/state/used-keys.ts";
import { bytes, hex, put, remove } from "./entries.ts";

/** Rows in memory, with their sum. */
class SummedRows {
  /** How often each key was read. */
  readonly numReads = new Map<string, number>();
  readonly #values = new Map<string, Uint8Array>();
  readonly #sum: RowSum;

  constructor(initial: number | undefined, usedKeys?: UsedKeys) {
    this.#sum = new RowSum(initial, usedKeys);
  }

  commit(...writes: StateChange[][]): void {
    const newest = newestOf(writes);
    const sum = this.#changeFor(newest);
    for (const { key, value } of [...newest.values(), ...(sum === undefined ? [] : [sum])]) {
      if (value === undefined) this.#values.delete(hex(key)!);
      else this.#values.set(hex(key)!, value);
    }
    this.#sum.noteCommitted(newest);
  }

  /** Begins a commit that fails. */
  fail(...writes: StateChange[][]): void {
    this.#changeFor(newestOf(writes));
    this.#sum.noteFailed();
  }

  #changeFor(newest: Changes): StateChange | undefined {
    return this.#sum.changeFor(newest, (key) => {
      const id = Buffer.from(key).toString();
      this.numReads.set(id, (this.numReads.get(id) ?? 0) + 1);
      return this.#values.get(hex(key)!);
    });
  }

  get sum(): number | undefined {
    const stored = this.#values.get(hex(SUM_KEY)!);
    return stored && decodeSum(stored);
  }
}

function newestOf(writes: StateChange[][]): Changes {
  return new Map(writes.flat().map(({ key, value }) => [byteString(key), { key, value, id: byteString(key) }]));
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

  it("does not read keys of a new store that were never used, nor values of the last three commits", () => {
    const rows = new SummedRows(0, new UsedKeys());
    rows.commit([put("a", "1"), put("b", "1")]);
    rows.commit([put("a", "2"), remove("b")]);
    rows.commit([put("c", "1")]);
    rows.commit([put("b", "3")]);
    for (const key of ["a", "b", "c"]) expect(rows.numReads.get(key)).to.equal(undefined);
    rows.commit([put("d", "1")]);
    rows.commit([put("a", "4")]);
    expect(rows.numReads.get("a")).to.equal(1);
    const other = new SummedRows(0);
    other.commit([put("a", "4"), put("b", "3"), put("c", "1"), put("d", "1")]);
    expect(rows.sum).to.equal(other.sum);
  });

  it("reads values again after a commit that failed, and after one that is too large to be kept", () => {
    const rows = new SummedRows(0);
    rows.commit([put("a", "1"), put("b", "1")]);
    rows.fail([put("a", "2"), remove("b"), put("c", "2")]);
    rows.commit([put("a", "3")], [remove("c"), put("b", "4")]);
    expect(rows.numReads.get("a")).to.equal(2);
    const large = "x".repeat(1_100_000);
    rows.commit([put("b", large)]);
    rows.commit([put("b", "5"), put("a", "6")]);
    expect(rows.numReads.get("a")).to.equal(3);
    const other = new SummedRows(0);
    other.commit([put("a", "6"), put("b", "5")]);
    expect(rows.sum).to.equal(other.sum);
  });

  it("is the same with many more keys than the list of used keys tells apart", () => {
    const keys = Array.from({ length: 300_000 }, (_, index) => `key ${index}`);
    const rows = new SummedRows(0, new UsedKeys());
    rows.commit(keys.map((key) => put(key, "1")));
    rows.commit(keys.map((key) => put(key, "2")));
    const other = new SummedRows(0);
    other.commit(keys.map((key) => put(key, "2")));
    expect(rows.sum).to.equal(other.sum);
  });

  it("has a key behind all keys of rows", () => {
    expect(Buffer.compare(SUM_KEY, bytes("ÿ".repeat(900)))).to.equal(1);
    expect(Buffer.compare(SUM_KEY, new Uint8Array(1900).fill(0xff))).to.equal(1);
  });
});
