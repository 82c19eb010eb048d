import { expect } from "chai";
import { createAppRows, listApps } from "../../../lib/engine/records/app-list.ts";
import { StoreRows } from "../../../lib/engine/records/store-rows.ts";
import { MemoryStore } from "../../../lib/state/memory-store.ts";
import { failureOf } from "../../state/failure-of.ts";

describe("StoreRows", () => {
  it("keeps plain values under their names, and gives undefined for others", async () => {
    const rows = new StoreRows(new MemoryStore());
    await rows.write([rows.put("id", "abc"), rows.put("places", { root: "/a", seen: [1, 2] })]);
    expect([rows.get("id"), rows.get("places"), rows.get("other")]).to.deep.equal([
      "abc",
      { root: "/a", seen: [1, 2] },
      undefined,
    ]);
    await rows.write([rows.put("id", null)]);
    expect(rows.get("id")).to.equal(null);
  });

  it("are not those of an app: they are no app, and stay when one is dropped", async () => {
    const store = new MemoryStore();
    const rows = new StoreRows(store);
    await rows.write([rows.put("id", "abc")]);
    const app = await createAppRows(store, "id");
    await app.write([app.putSequence(5), ...app.removeAll()]);
    await app.write([...app.removeAll()]);
    expect([listApps(store), rows.get("id")]).to.deep.equal([["id"], "abc"]);
  });

  it("refuses a value that is not plain data, and a row that is damaged", async () => {
    const store = new MemoryStore();
    const rows = new StoreRows(store);
    expect(await failureOf(() => rows.put("id", () => {}))).to.be.instanceOf(TypeError);
    const { key, value } = rows.put("id", "abc");
    await rows.write([{ key, value: value!.subarray(0, -1) }]);
    expect((await failureOf(() => rows.get("id"))).code).to.equal("STORE_CORRUPT");
  });
});
