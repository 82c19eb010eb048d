import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { stateOf } from "../../lib/app/environment.ts";
import { FAMILY, type Family } from "../../lib/engine/records/row-keys.ts";
import { App, declareTargetState, Environment, fn, mountEach, type TidemarkError } from "../../lib/index.ts";
import { useRecordingTarget } from "../engine/targets/recording-target.ts";
import { failureOf } from "../state/failure-of.ts";
import { useTestEnvironment } from "../test-environment.ts";

describe("A damaged row", () => {
  const test = useTestEnvironment();
  const target = useRecordingTarget();
  const item = fn({ memo: true }, function item(key: string, suffix: string) {
    declareTargetState(target.provider, key, shorten(key) + suffix);
  });
  const shorten = fn({ memo: true }, function shorten(key: string) {
    return key.slice(0, 1);
  });
  const keys = new Set<string>();
  let suffix = "";
  const main = fn(async function main() {
    await mountEach(
      item,
      [...keys].map((key) => [key, key] as const),
      suffix,
    );
  });

  beforeEach(() => {
    keys.clear();
    suffix = "1";
    for (const key of ["first", "second", "third"]) keys.add(key);
  });

  const createApp = (): App<readonly [], Promise<void>> =>
    new App({ name: "damaged", environment: test.environment }, main);

  /** Flips a bit of each row of a family that has `text` in its key or its value. */
  async function damage(family: Family, text = ""): Promise<void> {
    const store = await stateOf(test.environment).store();
    const rows = Array.from(store.range(Uint8Array.of(family), Uint8Array.of(family + 1)));
    for (const { key, value } of rows) {
      if (!Buffer.concat([key, value]).includes(text)) continue;
      const damaged = Buffer.from(value);
      damaged[damaged.length >> 1]! ^= 16;
      await store.write([{ key, value: damaged }]);
    }
  }

  it("of a component fails the update, and nothing is deleted", async () => {
    await createApp().update();
    await damage(FAMILY.child, "second");
    keys.delete("third");
    const error = await failureOf(createApp().update().result());
    expect([error.code, error.facts]).to.deep.equal([
      "STORE_CORRUPT",
      { family: "component", path: '/@item/"second"' },
    ]);
    expect(error.message).to.include(
      'a row is damaged (component /@item/"second"); restore the folder of the store from a backup',
    );
    expect([...target.outside.keys()]).to.deep.equal(["first", "second", "third"]);
  });

  for (const [family, name, text] of [
    [FAMILY.tracking, "target states of a component", "item"],
    [FAMILY.owner, "owner of a target state", ""],
    [FAMILY.call, "memoized call", ""],
  ] as const) {
    it(`of the kind "${name}" fails each component that needs it, and nothing is deleted`, async () => {
      await createApp().update();
      await damage(family, text);
      suffix = "2";
      await createApp().update();
      const failures = (test.caught as readonly { readonly error: TidemarkError }[]).map(({ error }) => error);
      expect(failures.map(({ code, facts }) => `${code} ${JSON.stringify(facts)}`)).to.deep.equal(
        Array.from({ length: 3 }, () => `STORE_CORRUPT {"family":"${name}"}`),
      );
      expect([...target.outside.keys()]).to.deep.equal(["first", "second", "third"]);
    });
  }

  for (const [name, family] of [
    ["fails the update", FAMILY.child],
    ["fails components", FAMILY.tracking],
  ] as const) {
    it(`keeps the close of a store from being noted when it ${name}, so the next opening checks all rows`, async () => {
      const { environment } = test;
      await createApp().update();
      await damage(family);
      suffix = "2";
      await createApp()
        .update()
        .result()
        .catch(() => {});
      await environment.close();
      expect(await readFile(join(environment.dbPath, "closed.json"), "utf8")).to.equal("");
      await using next = new Environment({ dbPath: environment.dbPath });
      const error = await failureOf(next.apps());
      expect(error.code).to.equal("STORE_CORRUPT");
      expect(error.message).to.include("the checksum of a row is wrong");
    });
  }

  it("fails a drop, and the app stays with all that it has outside", async () => {
    await createApp().update();
    await damage(FAMILY.child, "second");
    expect((await failureOf(createApp().drop().result())).code).to.equal("STORE_CORRUPT");
    expect([...target.outside.keys()]).to.deep.equal(["first", "second", "third"]);
    expect(await test.environment.apps()).to.deep.equal(["damaged"]);
  });
});
