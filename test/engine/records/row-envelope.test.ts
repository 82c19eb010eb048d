import { expect } from "chai";
import { checkRow, decodeRow, openRow, sealRow } from "../../../lib/engine/records/row-envelope.ts";
import { createAppKey, createRowKey, createStoreKey, FAMILY } from "../../../lib/engine/records/row-keys.ts";
import { TidemarkError } from "../../../lib/errors.ts";
import { decodeValue, encodeValue } from "../../../lib/state/codec.ts";
import { encodePath } from "../../../lib/state/stable-key.ts";
import { MAX_KEY_BYTES } from "../../../lib/state/store.ts";
import { encodeOldChildRow } from "./old-rows.ts";

const KEY = createRowKey(1, FAMILY.child, 7, encodePath(["docs", "a.md"]));
const BODY = encodeOldChildRow({ id: 300, name: "doc", flags: 4, fingerprint: Buffer.alloc(16, 5) });

describe("row envelope", () => {
  it("gives back the body of a row of any size", () => {
    for (let size = 0; size < 40; size++) {
      const body = Uint8Array.from({ length: size }, (_, index) => 255 - index);
      expect(openRow(KEY, sealRow(KEY, body))).to.deep.equal({ format: 2, body: Buffer.from(body) });
    }
  });

  it("adds five bytes, of which the first is the format", () => {
    const row = sealRow(KEY, BODY);
    expect([row[0], row.length]).to.deep.equal([2, BODY.length + 5]);
  });

  it("takes rows of 0.1 as they are: they begin with the high byte of an id, or the version of the codec", () => {
    for (const row of [BODY, encodeValue(7), encodeValue("record")]) {
      expect(openRow(KEY, row)).to.deep.equal({ format: 1, body: row });
    }
  });

  it("notices each flipped bit, in the first byte too", () => {
    for (const body of [BODY, encodeOldChildRow({ id: 0, name: "", flags: 1 }), encodeValue(3)]) {
      const row = sealRow(KEY, body);
      for (let bit = 0; bit < row.length * 8; bit++) {
        const damaged = Buffer.from(row);
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        expect(
          codeOf(() => checkRow(KEY, damaged)),
          `bit ${bit}`,
        ).to.equal(damaged[0]! > 2 ? "STORE_TOO_NEW" : "STORE_CORRUPT");
      }
    }
  });

  it("notices each flipped bit of the key, so that a moved row is not taken for another", () => {
    const row = sealRow(KEY, BODY);
    for (let bit = 0; bit < KEY.length * 8; bit++) {
      const other = Buffer.from(KEY);
      other[bit >> 3]! ^= 1 << (bit & 7);
      expect(
        codeOf(() => checkRow(other, row)),
        `bit ${bit}`,
      ).to.equal("STORE_CORRUPT");
    }
  });

  it("notices rows that were cut, extended or emptied, and swapped bytes", () => {
    const row = sealRow(KEY, BODY);
    const cut = Array.from({ length: row.length }, (_, size) => row.subarray(0, size));
    const swapped = Buffer.from(row);
    [swapped[6], swapped[10]] = [swapped[10]!, swapped[6]!];
    for (const damaged of [...cut, Buffer.concat([row, Uint8Array.of(0)]), Buffer.alloc(row.length), swapped]) {
      if (damaged.length === row.length && damaged[0] === 0) continue;
      expect(
        codeOf(() => checkRow(KEY, damaged)),
        damaged.toString(),
      ).to.equal("STORE_CORRUPT");
    }
  });

  it("names the later format of a row that it cannot read", () => {
    const error = errorOf(() => checkRow(KEY, Uint8Array.of(3, 1, 2, 3, 4, 5)));
    expect(error.code).to.equal("STORE_TOO_NEW");
    expect(error.facts).to.deep.equal({ version: 3, supported: 2, family: "component", path: '/"docs"/"a.md"' });
    expect(error.message).to.equal(
      'Cannot read the state store: the format of a row (component /"docs"/"a.md") must be at most 2, got 3; ' +
        "use a newer Tidemark; if none has opened this store, the row is damaged: delete the folder of the store",
    );
  });

  it("says what a damaged row is a row of, where it can be told, and how to go on", () => {
    const remedy =
      "; restore the folder of the store from a backup, or delete it: the next run then processes everything again, " +
      "and adopts the outputs that are there";
    const long = encodePath(["x".repeat(MAX_KEY_BYTES)]);
    const subjects: readonly [key: Uint8Array, subject: string, facts: object][] = [
      [KEY, 'component /"docs"/"a.md"', { family: "component", path: '/"docs"/"a.md"' }],
      [createRowKey(1, FAMILY.child, 7, long), "component", { family: "component" }],
      [createRowKey(1, FAMILY.child, 0, new Uint8Array()), "component /", { family: "component", path: "/" }],
      [createRowKey(1, FAMILY.child, 0, Uint8Array.of(255)), "component", { family: "component" }],
      [createRowKey(1, FAMILY.tracking, 7), "target states of a component", { family: "target states of a component" }],
      [
        createRowKey(1, FAMILY.provider, undefined, encodePath(["t"])),
        'target /"t"',
        { family: "target", path: '/"t"' },
      ],
      [createAppKey("docs"), 'app /"docs"', { family: "app", path: '/"docs"' }],
      [createStoreKey("id"), 'store /"id"', { family: "store", path: '/"id"' }],
    ];
    for (const [key, subject, facts] of subjects) {
      const error = errorOf(() => checkRow(key, Uint8Array.of(2, 0, 0, 0, 0)));
      expect([error.code, error.message]).to.deep.equal([
        "STORE_CORRUPT",
        `Cannot read the state store: a row is damaged (${subject})${remedy}`,
      ]);
      expect(error.facts).to.deep.equal(facts);
    }
  });

  it("takes a row that cannot be decoded for a damaged one, with the cause", () => {
    const row = encodeValue([1, 2]).subarray(0, 4);
    const error = errorOf(() => decodeRow(KEY, row, decodeValue));
    expect([error.code, error.facts["path"]]).to.deep.equal(["STORE_CORRUPT", '/"docs"/"a.md"']);
    expect(error.cause).to.be.instanceOf(TidemarkError);
    const misshapen = errorOf(() => decodeRow(KEY, encodeValue(5), (body) => (decodeValue(body) as string).slice(1)));
    expect([misshapen.code, misshapen.cause]).to.deep.equal(["STORE_CORRUPT", misshapen.cause as TypeError]);
    expect(misshapen.cause).to.be.instanceOf(TypeError);
  });
});

function errorOf(act: () => unknown): TidemarkError {
  try {
    act();
  } catch (error) {
    if (error instanceof TidemarkError) return error;
    throw error;
  }
  throw new Error("It did not fail");
}

function codeOf(act: () => unknown): string {
  return errorOf(act).code;
}
