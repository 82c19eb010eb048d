import { expect } from "chai";
import { decodeChildRow, encodeChildRow, readChildId } from "../../../lib/engine/records/child-row.ts";
import { sealRow } from "../../../lib/engine/records/row-envelope.ts";
import { createRowKey, FAMILY } from "../../../lib/engine/records/row-keys.ts";
import type { ChildRow, MemoRow } from "../../../lib/engine/records/row.ts";
import { encodeSize } from "../../../lib/engine/records/size.ts";
import { encodeValue } from "../../../lib/state/codec.ts";
import { encodePath } from "../../../lib/state/stable-key.ts";
import { failureOf } from "../../state/failure-of.ts";
import { encodeOldChildRow } from "./old-rows.ts";

const KEY = createRowKey(1, FAMILY.child, 7, encodePath(["a.md"]));
const FINGERPRINT = Buffer.from("0123456789abcdef");
const MEMO: MemoRow = { format: 2, fingerprint: FINGERPRINT, dependencies: "é,b", states: [{ size: 1 }], value: ["v"] };

function row(change: Partial<ChildRow> = {}): ChildRow {
  return { id: 2 ** 40 + 5, name: "doc", hasChildren: false, hasCalls: false, longPath: null, memo: null, ...change };
}

function store(value: ChildRow): Uint8Array {
  return sealRow(KEY, encodeChildRow(value));
}

/** All that a row says. */
function contentOf({ hasCalls, hasChildren, id, longPath, memo, name }: ChildRow): ChildRow {
  const content = memo && {
    format: memo.format,
    fingerprint: Buffer.from(memo.fingerprint),
    dependencies: memo.dependencies,
    states: memo.states,
    value: memo.value,
  };
  return { id, name, hasChildren, hasCalls, longPath, memo: content };
}

describe("child row", () => {
  const rows: readonly [title: string, row: ChildRow][] = [
    ["without anything", row()],
    ["with children", row({ hasChildren: true })],
    ["with calls", row({ hasCalls: true })],
    ["with a memo", row({ memo: MEMO })],
    ["with many dependencies", row({ memo: { ...MEMO, dependencies: "dependency,".repeat(30) } })],
    ["with very many dependencies", row({ memo: { ...MEMO, dependencies: "dependency,".repeat(3000) } })],
    ["with a memo of format 1", row({ memo: { ...MEMO, format: 1 } })],
    [
      "with an empty memo",
      row({ memo: { format: 2, fingerprint: FINGERPRINT, dependencies: "", states: [], value: [] } }),
    ],
    ["with a long path", row({ longPath: Buffer.from("path"), hasChildren: true, hasCalls: true, memo: MEMO })],
  ];
  for (const [title, each] of rows) {
    it(`${title} is read back`, () => {
      expect(contentOf(decodeChildRow(KEY, store(each)))).to.deep.equal(each);
      expect(readChildId(KEY, store(each))).to.equal(each.id);
    });
  }

  it("of 0.1 is read, and its memo is one of format 1", () => {
    const old = encodeOldChildRow({
      id: 300,
      name: "doc",
      flags: 1 + 4 + 8,
      fingerprint: FINGERPRINT,
      dependencies: MEMO.dependencies,
      rest: [Buffer.from("path"), MEMO.states, MEMO.value],
    });
    const expected = row({ id: 300, hasChildren: true, longPath: Buffer.from("path"), memo: { ...MEMO, format: 1 } });
    expect(contentOf(decodeChildRow(KEY, old))).to.deep.equal(expected);
    expect(readChildId(KEY, old)).to.equal(300);
  });

  it("that is written anew remembers that its memo is one of format 1", () => {
    const old = encodeOldChildRow({ id: 300, name: "doc", flags: 4, fingerprint: FINGERPRINT });
    const { memo } = decodeChildRow(KEY, old);
    const again = decodeChildRow(KEY, store(row({ hasChildren: true, memo })));
    expect([again.memo?.format, again.hasChildren]).to.deep.equal([1, true]);
  });

  it("is read past flags, sections and items that a later version has added", () => {
    const own = encodeChildRow(row({ memo: MEMO }));
    const [flagsAt, restAt] = [6, 10 + FINGERPRINT.length + Buffer.byteLength(MEMO.dependencies)];
    for (const size of [1, 127, 128, 300, 20_000]) {
      const head = Buffer.from(own.subarray(0, restAt));
      head[flagsAt] = 0xff;
      head[flagsAt + 1]! |= 0xe0;
      const rest = encodeValue(["doc", null, MEMO.states, MEMO.value, "more", [1]]);
      const later = Buffer.concat([head, encodeSize(size), Buffer.alloc(size, 0xaa), rest]);
      expect(contentOf(decodeChildRow(KEY, sealRow(KEY, later))), `${size} bytes`).to.deep.equal(
        row({ id: row().id, memo: MEMO }),
      );
    }
  });

  it("of 0.1 that is damaged fails with STORE_CORRUPT, at once or when the damaged part is asked for", async () => {
    const old = encodeOldChildRow({ id: 300, name: "doc", flags: 4, fingerprint: FINGERPRINT, dependencies: "abc" });
    const cut = await failureOf(() => decodeChildRow(KEY, old.subarray(0, 20)));
    const rest = await failureOf(() => decodeChildRow(KEY, old.subarray(0, old.length - 1)).name);
    const shapes = [["doc"], [1, null, [], []], ["doc", "path", [], []], ["doc", null, 1, []], ["doc", null, [], 1], 7];
    const misshapen = await Promise.all(
      shapes.map((shape) => {
        const body = Buffer.concat([
          encodeOldChildRow({ id: 3, name: "", flags: 0 }).subarray(0, 12),
          encodeValue(shape),
        ]);
        return failureOf(() => decodeChildRow(KEY, body).name);
      }),
    );
    for (const error of [cut, rest, ...misshapen]) {
      expect([error.code, error.facts["path"]]).to.deep.equal(["STORE_CORRUPT", '/"a.md"']);
    }
  });
});
