import { expect } from "chai";
import { checkStore } from "../../../lib/engine/check/check-store.ts";
import { FAMILY } from "../../../lib/engine/records/row-keys.ts";
import { sealRow } from "../../../lib/engine/records/row-envelope.ts";
import { BREAKAGES, entriesOf } from "./broken-rows.ts";
import { createSite } from "./site-app.ts";

describe("checkStore", () => {
  it("finds nothing in a sound store, and counts its parts", async () => {
    await using site = await createSite();
    site.pages = ["b", "c", "d"];
    await site.app.update();
    const { store } = await site.open();
    const report = await checkStore(store);
    expect(report.problems).to.deep.equal([]);
    expect(report.notes).to.deep.equal([]);
    expect(report.isSound).to.equal(true);
    const { rows, ...counts } = report.counts;
    expect(rows).to.be.above(30);
    expect(counts).to.deep.equal({
      apps: 1,
      components: 8,
      states: 10,
      uncertainStates: 0,
      calls: 3,
      targets: 2,
      updates: 2,
      givenUpStates: 0,
      pendingDeletions: 0,
      checkedTargets: 0,
      uncheckedTargets: 0,
    });
  });

  for (const { changes, kind, title } of BREAKAGES) {
    it(`finds ${title} (${kind})`, async () => {
      await using site = await createSite();
      const { rows, store } = await site.open();
      await store.write(changes(rows, store));
      const { isSound, problems } = await checkStore(store);
      expect(isSound).to.equal(false);
      expect(problems.map((problem) => problem.kind)).to.include(kind);
    });
  }

  it("takes rows of kinds and formats that it does not know for those of a later version", async () => {
    await using site = await createSite();
    const { rows, store } = await site.open();
    const [call] = entriesOf(store, rows.appId, FAMILY.call);
    const later = Uint8Array.from(call!.value);
    later[0] = 9;
    await store.write([
      { key: Uint8Array.of(200, 1), value: Uint8Array.of(1) },
      { key: Uint8Array.of(0, 1), value: Uint8Array.of(1) },
      { key: Uint8Array.of(255, 255), value: Uint8Array.of(1) },
      { key: Buffer.from([FAMILY.history, 0, 0, 0, 1, 5]), value: sealRow(Uint8Array.of(1), Uint8Array.of(1)) },
      { key: call!.key, value: later },
    ]);
    const { isSound, notes } = await checkStore(store);
    expect(isSound).to.equal(true);
    expect(notes.map(({ kind }) => kind)).to.deep.equal(Array.from({ length: 5 }, () => "later-version"));
  });

  it("checks one app alone when it is asked to", async () => {
    await using site = await createSite();
    const { rows, store } = await site.open();
    await store.write([rows.removeChild(0, new Uint8Array())]);
    expect((await checkStore(store, { app: "other" })).isSound).to.equal(true);
    expect((await checkStore(store, { app: "site" })).isSound).to.equal(false);
  });

  it("ends when its signal is aborted", async () => {
    await using site = await createSite();
    const { store } = await site.open();
    const reason = new Error("enough");
    const failure = await checkStore(store, { signal: AbortSignal.abort(reason) }).catch((error: unknown) => error);
    expect(failure).to.equal(reason);
  });
});
