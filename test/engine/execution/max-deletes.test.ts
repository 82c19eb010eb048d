import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { mountDirTarget, type DirTarget } from "../../../lib/connectors/localfs/index.ts";
import { App, declareTargetState, fn, LiveMap, mount, mountEach, type UpdateOptions } from "../../../lib/index.ts";
import { countsByComponent } from "../../counts.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { useRecordingTarget } from "../targets/recording-target.ts";

describe("maxDeletes", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();

  const leaf = fn({ memo: true }, function leaf(key: string) {
    declareTargetState(target.provider, key, key);
  });
  const listKeys = (count: number, prefix = ""): [string, string][] =>
    Array.from({ length: count }, (_, index) => [`${prefix}${index}`, `${prefix}${index}`]);
  const list = fn({ memo: true }, async function list(count: number) {
    declareTargetState(target.provider, "size", String(count));
    await mountEach(leaf, listKeys(count));
  });
  const update = (count: number, options?: UpdateOptions): ReturnType<typeof app.update> =>
    app.update(() => mount(list, count), options);

  it("fails the owner and changes nothing of it when a share of more has vanished", async () => {
    await update(10);
    expect(await update(7, { maxDeletes: "20%" })).to.deep.equal({
      list: { starts: 1, errors: 1 },
      leaf: { starts: 7, unchanged: 7 },
    });
    expect(target.outside.size).to.equal(11);
    expect(target.outside.get("size")).to.equal("10");
    const [failure] = test.caught;
    expect(failure?.error).to.deep.include({
      code: "TOO_MANY_DELETES",
      facts: { path: "/@list", count: 3, total: 10, limit: "20%" },
    });
  });

  it("deletes a share that is just allowed", async () => {
    await update(10);
    expect(await update(8, { maxDeletes: "20%" })).to.deep.include({ leaf: { starts: 10, unchanged: 8, deletes: 2 } });
    expect(target.outside.size).to.equal(9);
  });

  it("takes a number as the most that may vanish", async () => {
    await update(10);
    await update(8, { maxDeletes: 1 });
    expect(target.outside.size).to.equal(11);
    await update(9, { maxDeletes: 1 });
    expect(target.outside.size).to.equal(10);
  });

  it("fails in every run until the source is back", async () => {
    await update(10);
    for (let round = 0; round < 2; round++) {
      expect((await update(2, { maxDeletes: 3 }))["list"]).to.deep.equal({ starts: 1, errors: 1 });
    }
    expect(await update(10, { maxDeletes: 3 })).to.deep.equal({ list: { starts: 1, unchanged: 1 } });
    expect(target.outside.size).to.equal(11);
  });

  describe("with a file where a vanished item had a file or folder", () => {
    const page = fn({ memo: true }, function page(key: string, out: DirTarget) {
      out.declareFile(key, key);
    });

    for (const [what, before, after] of [
      ["a folder in place of its file", "x", "x/z"],
      ["a file in place of its folder", "x/z", "x"],
    ] as const) {
      it(`deletes nothing above the limit to make room for ${what}`, async () => {
        await using folder = await createTempFolder();
        const out = join(folder.path, "out");
        const publish = (keys: readonly string[], options: UpdateOptions): ReturnType<typeof app.update> =>
          app.update(async () => {
            const pages = await mountDirTarget(out);
            await mountEach(
              page,
              keys.map((key) => [key, key] as const),
              pages,
            );
          }, options);
        await publish([before, "y"], { maxDeletes: 0 });
        const refused = publish([after, "y"], { maxDeletes: 0 });
        expect(await refused.then(undefined, (error: unknown) => error)).to.include({ code: "TOO_MANY_DELETES" });
        expect(await readFile(join(out, before), "utf8")).to.equal(before);
        expect(test.caught[0]?.error).to.include({ code: "FILE_WRITE_FAILED" });
        await publish([after, "y"], { maxDeletes: 1 });
        await publish([after, "y"], { maxDeletes: 1 });
        expect(await readFile(join(out, after), "utf8")).to.equal(after);
      });
    }
  });

  it("deletes once the run lifts the limit of the app", async () => {
    const limited = (count: number): App<never[]> =>
      new App({ name: "limited", environment: test.environment, maxDeletes: 0 }, () => mount(list, count));
    await limited(4).update();
    await limited(3).update();
    expect(target.outside.size).to.equal(5);
    await limited(3).update({ maxDeletes: Infinity });
    expect(target.outside.size).to.equal(4);
  });

  it("counts the components below a vanished one", async () => {
    const nested = fn({ memo: true }, async function nested(name: string, count: number) {
      await mountEach(leaf, listKeys(count, name));
    });
    const body = (names: readonly string[]) => () =>
      mountEach(
        nested,
        names.map((name) => [name, name] as const),
        5,
      );
    await app.update(body(["a", "b"]));
    const handle = app.withMain(body(["a"])).update({ maxDeletes: 5 });
    const error: unknown = await handle.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.deep.include({ code: "TOO_MANY_DELETES" });
    expect(countsByComponent(handle.stats())["main"]).to.deep.equal({ starts: 1, errors: 1 });
    expect(target.outside.size).to.equal(10);
    await app.update(body(["a"]), { maxDeletes: 6 });
    expect([...target.outside.keys()]).to.have.members(listKeys(5, "a").map(([key]) => key));
  });

  it("does not limit states that a component no longer declares, nor a drop", async () => {
    const states = fn(function states(count: number) {
      for (const [key] of listKeys(count)) declareTargetState(target.provider, key, key);
    });
    await app.update(() => mount(states, 5), { maxDeletes: 0 });
    await app.update(() => mount(states, 1), { maxDeletes: 0 });
    expect(target.outside.size).to.equal(1);
    await app.withMain(() => {}).drop();
    expect(target.outside.size).to.equal(0);
  });

  it("holds for each listing of a live source, which stays on record", async () => {
    const items = new LiveMap<string, string>();
    for (const [key, value] of listKeys(10)) items.set(key, value);
    const body = (): unknown => mountEach(leaf, items);
    await app.update(body);
    for (const [key] of listKeys(5)) items.delete(key);
    const handle = app.withMain(body).update({ maxDeletes: "20%" });
    expect(
      await handle.then(
        () => "done",
        (error: unknown) => error,
      ),
    ).to.deep.include({ code: "TOO_MANY_DELETES" });
    expect(target.outside.size).to.equal(10);
  });

  it("refuses limits that are none", () => {
    const withLimit = (maxDeletes: unknown): (() => unknown) => {
      return () =>
        new App({ name: "limited", environment: test.environment, maxDeletes: maxDeletes as number }, () => {});
    };
    for (const wrong of [-1, 1.5, NaN, "101%", -Infinity]) expect(withLimit(wrong)).to.throw(RangeError, "maxDeletes");
    for (const wrong of ["20", "%", "-5%", "", true, {}]) expect(withLimit(wrong)).to.throw(TypeError, "maxDeletes");
    const limited = new App({ name: "limited", environment: test.environment }, () => {});
    expect(() => limited.update({ maxDeletes: -1 })).to.throw(RangeError, 'Cannot update app "limited"');
    expect(withLimit("12.5%")).not.to.throw();
  });
});
