import { expect } from "chai";
import { createAppRows, findAppRows, listApps, removeApp } from "../../../lib/engine/records/app-list.ts";
import type { AppRows } from "../../../lib/engine/records/app-rows.ts";
import { sealRow } from "../../../lib/engine/records/row-envelope.ts";
import { createAppKey, createRowKey, FAMILY } from "../../../lib/engine/records/row-keys.ts";
import { ROOT_ID, type ChildRow, type TrackingRow } from "../../../lib/engine/records/row.ts";
import { encodeValue } from "../../../lib/state/codec.ts";
import { MemoryStore } from "../../../lib/state/memory-store.ts";
import { decodePath, encodePath } from "../../../lib/state/stable-key.ts";
import { MAX_KEY_BYTES } from "../../../lib/state/store.ts";
import { failureOf } from "../../state/failure-of.ts";

function childRow(id: number, longPath: Uint8Array | null = null): ChildRow {
  return { id, name: `component ${id}`, hasChildren: false, hasCalls: false, longPath, memo: null };
}

const CALL = { format: 2, dependencies: "", states: [], value: [1], declared: [], isAsync: false } as const;

function pathsOf(rows: AppRows, options?: Parameters<AppRows["children"]>[1]): unknown[] {
  return [...rows.children(ROOT_ID, options)].map(({ path, row }) => [...decodePath(path), row.id]);
}

describe("AppRows", () => {
  let store: MemoryStore;
  let rows: AppRows;

  beforeEach(async () => {
    store = new MemoryStore();
    rows = await createAppRows(store, "app");
  });

  describe("children", () => {
    beforeEach(async () => {
      const paths = [["a"], ["a", 1], ["a", 2], ["b"]];
      await rows.write(paths.map((path, index) => rows.putChild(ROOT_ID, encodePath(path), childRow(index + 1))));
      await rows.write([
        rows.putChild(ROOT_ID, new Uint8Array(), childRow(ROOT_ID)),
        rows.putChild(1, encodePath(["c"]), childRow(9)),
      ]);
    });

    it("are listed in the order of their paths, without the root itself and without grandchildren", () => {
      expect(pathsOf(rows)).to.deep.equal([
        ["a", 1],
        ["a", 1, 2],
        ["a", 2, 3],
        ["b", 4],
      ]);
      expect(rows.numChildren(ROOT_ID)).to.equal(4);
      expect([...rows.childIds(ROOT_ID)]).to.deep.equal([1, 2, 3, 4]);
    });

    it("are listed after a path, within a path, or without some ids", () => {
      expect(pathsOf(rows, { after: encodePath(["a", 1]) })).to.deep.equal([
        ["a", 2, 3],
        ["b", 4],
      ]);
      expect(pathsOf(rows, { within: encodePath(["a"]) })).to.deep.equal([
        ["a", 1],
        ["a", 1, 2],
        ["a", 2, 3],
      ]);
      expect(pathsOf(rows, { except: new Set([1, 4]) })).to.deep.equal([
        ["a", 1, 2],
        ["a", 2, 3],
      ]);
    });

    it("keep a path that is longer than a key", async () => {
      const path = encodePath(["x".repeat(MAX_KEY_BYTES)]);
      await rows.write([rows.putChild(ROOT_ID, path, childRow(5, path))]);
      expect(rows.child(ROOT_ID, path)?.id).to.equal(5);
      expect(pathsOf(rows, { within: path })).to.deep.equal([["x".repeat(MAX_KEY_BYTES), 5]]);
      await rows.write([rows.removeChild(ROOT_ID, path)]);
      expect(rows.child(ROOT_ID, path)).to.equal(undefined);
    });
  });

  it("reads back the tracked target states of a component, containers included", async () => {
    const item = { providerId: 3, key: Uint8Array.of(1, 2), generation: 4, states: [[{ hash: "a" }], null] } as const;
    const row: TrackingRow = {
      name: "doc",
      ancestors: [0, 7],
      path: encodePath(["a", 1]),
      items: [
        { ...item, inside: null },
        { ...item, key: Uint8Array.of(3), inside: { generation: 5, recreatedAt: 2 } },
      ],
    };
    await rows.write([rows.putTracking(8, row)]);
    expect(rows.tracking(8)).to.deep.equal(row);
    await rows.write([rows.removeTracking(8)]);
    expect(rows.tracking(8)).to.equal(undefined);
  });

  it("removes the calls of one component that are not kept", async () => {
    const fingerprints = [1, 2, 3].map((byte) => Uint8Array.of(byte));
    await rows.write(fingerprints.map((fingerprint) => rows.putCall(1, { ...CALL, fingerprint })));
    await rows.write([rows.putCall(2, { ...CALL, fingerprint: fingerprints[0]! })]);
    await rows.write(rows.removeCalls(1, ([byte]) => byte === 2));
    expect(fingerprints.map((fingerprint) => rows.call(1, fingerprint)?.value)).to.deep.equal([
      undefined,
      [1],
      undefined,
    ]);
    await rows.write(rows.removeCalls(1));
    expect(rows.call(1, fingerprints[1]!)).to.equal(undefined);
    expect(rows.call(2, fingerprints[0]!)?.value).to.deep.equal([1]);
  });

  it("lists pending deletions and ended updates in order, each removable", async () => {
    const row = { path: encodePath(["a"]), ancestors: [0], parentPath: new Uint8Array() };
    await rows.write([rows.putPendingDeletion(300, row), rows.putPendingDeletion(2, row)]);
    expect([...rows.pendingDeletions()].map(({ id }) => id)).to.deep.equal([2, 300]);
    await rows.write([rows.removePendingDeletion(2)]);
    expect([...rows.pendingDeletions()]).to.deep.equal([
      { id: 300, row: { ...row, path: Buffer.from(row.path), parentPath: Buffer.from("") } },
    ]);

    await rows.write(rows.addUpdate("b", "first", 2));
    await rows.write(rows.addUpdate("a", "second", 2));
    expect([...rows.updates()]).to.deep.equal(["first", "second"]);
    await rows.write(rows.addUpdate("0", "third", 2));
    expect([...rows.updates()]).to.deep.equal(["second", "third"]);
    await rows.write(rows.addUpdate("c", "fourth", 1));
    expect([...rows.updates()]).to.deep.equal(["fourth"]);
  });

  it("counts ended updates on from the records of 0.1, which are under the times of their starts", async () => {
    const year9999 = Date.UTC(9999, 11, 31);
    for (const [startedMs, record] of [
      [0, "1970"],
      [Date.UTC(2026, 0, 1), "2026"],
      [year9999, "9999"],
    ] as const) {
      const key = createRowKey(rows.appId, FAMILY.update, startedMs, Buffer.from("z"));
      await rows.write([{ key, value: encodeValue(record) }]);
    }
    await rows.write(rows.addUpdate("b", "new", 4));
    await rows.write(rows.addUpdate("a", "newest", 4));
    expect([...rows.updates()]).to.deep.equal(["2026", "9999", "new", "newest"]);
  });

  it("lists providers in the order of their ids, long paths included", async () => {
    const paths = [
      ["files", "/out"],
      ["files", "x".repeat(MAX_KEY_BYTES)],
    ].map((keys) => encodePath(keys));
    await rows.write([...rows.putProvider(300, paths[0]!), ...rows.putProvider(2, paths[1]!)]);
    const listed = [...rows.providers()].map(({ id, path }) => [id, Buffer.compare(path, paths[id === 2 ? 1 : 0]!)]);
    expect(listed).to.deep.equal([
      [2, 0],
      [300, 0],
    ]);
  });

  it("gives the stored format of a memoized call, also when it is written anew", async () => {
    const call = {
      fingerprint: Uint8Array.of(1),
      dependencies: "",
      states: [],
      value: [1],
      declared: [],
      isAsync: false,
    };
    const { key } = rows.putCall(1, { ...call, format: 2 });
    const { declared, dependencies, fingerprint, isAsync, states, value } = call;
    const old = encodeValue([[fingerprint, dependencies, states, value], declared, isAsync]);
    await rows.write([{ key, value: old }]);
    const stored = rows.call(1, fingerprint)!;
    expect(stored).to.deep.equal({ ...call, fingerprint: Buffer.from(fingerprint), format: 1 });
    await rows.write([rows.putCall(1, { ...stored, states: [5] })]);
    expect(rows.call(1, fingerprint)).to.deep.include({ format: 1, states: [5] });
    await rows.write([rows.putCall(1, { ...stored, format: 2 })]);
    expect(rows.call(1, fingerprint)).to.deep.include({ format: 2, states: [] });
  });

  it("reads rows to which a later version has added items", async () => {
    const tracking = rows.putTracking(8, { name: "doc", ancestors: [0], path: encodePath(["a"]), items: [] });
    const item = [3, Uint8Array.of(1), 4, [["s"], null], [5, 2, "more"], "more"];
    const body = encodeValue(["doc", [0], encodePath(["a"]), [item], "more"]);
    const call = rows.putCall(8, { ...CALL, fingerprint: Uint8Array.of(1) });
    const callBody = encodeValue([[Uint8Array.of(1), "", [], [1], 2, "more"], [], false, "more"]);
    await rows.write([
      { key: tracking.key, value: sealRow(tracking.key, body) },
      { key: call.key, value: sealRow(call.key, callBody) },
    ]);
    expect(rows.tracking(8)?.items).to.deep.equal([
      {
        providerId: 3,
        key: Buffer.from([1]),
        generation: 4,
        states: [["s"], null],
        inside: { generation: 5, recreatedAt: 2 },
      },
    ]);
    expect(rows.call(8, Uint8Array.of(1))).to.deep.equal({ ...CALL, fingerprint: Buffer.from([1]) });
  });

  it("fails with STORE_CORRUPT, naming the kind of row, for each row that was moved from another key", async () => {
    const path = encodePath(["a"]);
    const changes = [
      rows.putChild(ROOT_ID, path, childRow(1)),
      rows.putTracking(1, { name: "doc", ancestors: [0], path, items: [] }),
      rows.putCall(1, { ...CALL, fingerprint: path }),
      rows.putOwner(2, path, 1),
      rows.putPendingDeletion(1, { path, ancestors: [0], parentPath: path }),
      rows.putSequence(1024),
      ...rows.putProvider(2, path),
      ...rows.addUpdate("a", "record", 1),
    ];
    await rows.write(changes.map(({ key }, index) => ({ key, value: changes[(index + 1) % changes.length]!.value })));
    const reads: readonly [family: string, read: () => unknown][] = [
      ["component", () => rows.child(ROOT_ID, path)],
      ["component", () => [...rows.children(ROOT_ID)]],
      ["component", () => [...rows.children(ROOT_ID, { except: new Set() })]],
      ["component", () => [...rows.childIds(ROOT_ID)]],
      ["target states of a component", () => rows.tracking(1)],
      ["memoized call", () => rows.call(1, path)],
      ["owner of a target state", () => rows.owner(2, path)],
      ["pending deletion", () => [...rows.pendingDeletions()]],
      ["next id", () => rows.sequence()],
      ["target", () => rows.providerId(path)],
      ["target", () => rows.providerPath(2)],
      ["target", () => [...rows.providers()]],
      ["update record", () => [...rows.updates()]],
    ];
    for (const [family, read] of reads) {
      const { code, facts } = await failureOf(read);
      expect([code, facts["family"]]).to.deep.equal(["STORE_CORRUPT", family]);
    }
    const key = createAppKey("app");
    await store.write([{ key, value: changes[0]!.value }]);
    expect(await failureOf(() => findAppRows(store, "app"))).to.have.property("code", "STORE_CORRUPT");
    expect(await failureOf(createAppRows(store, "new"))).to.have.property("code", "STORE_CORRUPT");
  });

  it("removes all rows of one app, and nothing of another", async () => {
    const other = await createAppRows(store, "other");
    for (const each of [rows, other]) {
      const path = encodePath(["provider"]);
      await each.write([
        each.putChild(ROOT_ID, path, childRow(1)),
        ...each.putProvider(2, path),
        each.putOwner(2, path, 1),
        each.putSequence(1024),
      ]);
    }
    await rows.write([...rows.removeAll(), removeApp("app")]);
    expect(listApps(store)).to.deep.equal(["other"]);
    expect(findAppRows(store, "app")).to.equal(undefined);
    expect([[...rows.removeAll()].length, [...other.removeAll()].length]).to.deep.equal([0, 5]);
    expect([
      other.providerId(encodePath(["provider"])),
      other.owner(2, encodePath(["provider"])),
      other.sequence(),
    ]).to.deep.equal([2, 1, 1024]);
  });

  it("gives an app the same rows again, and a new one others", async () => {
    await rows.write([rows.putSequence(5)]);
    expect((await createAppRows(store, "app")).sequence()).to.equal(5);
    expect((await createAppRows(store, "new")).sequence()).to.equal(ROOT_ID + 1);
    expect([...listApps(store)].toSorted()).to.deep.equal(["app", "new"]);
  });
});
