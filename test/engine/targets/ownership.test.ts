import { expect } from "chai";
import { join } from "node:path";
import {
  declareTargetState,
  fn,
  mount,
  mountEach,
  mountTarget,
  type TargetProvider,
  type TidemarkError,
} from "../../../lib/index.ts";
import { stateOf } from "../../../lib/app/environment.ts";
import type { TrackingRow } from "../../../lib/engine/records/row.ts";
import { createTestEnvironment } from "../../test-environment.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { createDeclaringComponents } from "./declaring-components.ts";
import { dropAlone, inProcess, updateAlone } from "./process-apps.ts";
import { defineRecordingContainer } from "./recording-container.ts";
import { useRecordingTarget } from "./recording-target.ts";

describe("A target state of a store with several apps", () => {
  const target = useRecordingTarget();
  const box = defineRecordingContainer();
  const { memoized, plain } = createDeclaringComponents(target);
  let temp: Awaited<ReturnType<typeof createTempFolder>> | undefined;
  let db = "";

  beforeEach(async () => {
    temp = await createTempFolder();
    db = join(temp.path, "db");
    box.log.length = 0;
    box.outside.clear();
    box.become = () => "kept";
  });
  afterEach(async () => {
    await temp?.[Symbol.asyncDispose]();
  });

  const outside = (): Record<string, string> => Object.fromEntries(target.outside) as Record<string, string>;
  const writes = (): number => target.batches.splice(0).flat().length;
  const body = (states: Readonly<Record<string, string>>) => () => mount("a", memoized, states);

  describe("that goes from an app to the same app under a new name", () => {
    it("is not written again, survives the drop of the old name, and is unchanged after", async () => {
      await updateAlone(db, "old", body({ x: "1", y: "1" }));
      writes();
      expect((await updateAlone(db, "new", body({ x: "1", y: "1" }))).caught).to.deep.equal([]);
      expect(writes()).to.equal(0);
      await dropAlone(db, "old");
      expect(outside()).to.deep.equal({ x: "1", y: "1" });
      const { counts } = await updateAlone(db, "new", body({ x: "1", y: "1" }));
      expect(counts).to.deep.equal({ memoized: { starts: 1, unchanged: 1 } });
      await dropAlone(db, "new");
      expect(outside()).to.deep.equal({});
    });

    it("is changed from what the old name has written", async () => {
      await updateAlone(db, "old", body({ x: "1" }));
      target.changes.length = 0;
      await updateAlone(db, "new", body({ x: "2" }));
      expect(target.changes).to.deep.equal([{ key: "x", desired: "2", previous: ["1"], mayBeMissing: false }]);
    });

    it("leaves the old name what the new one does not declare, and its drop removes only that", async () => {
      await updateAlone(db, "old", body({ x: "1", y: "1" }));
      await updateAlone(db, "new", body({ x: "1" }));
      expect(outside()).to.deep.equal({ x: "1", y: "1" });
      await dropAlone(db, "old");
      expect(outside()).to.deep.equal({ x: "1" });
    });

    it("is a conflict when the old name comes back, also in each further run, until the new one is dropped", async () => {
      await updateAlone(db, "old", body({ x: "1" }));
      await updateAlone(db, "new", body({ x: "2" }));
      for (let round = 0; round < 2; round++) {
        const { caught, counts } = await updateAlone(db, "old", body({ x: "1" }));
        expect(counts["memoized"]).to.deep.equal({ starts: 1, errors: 1 });
        expect((caught[0]!.error as TidemarkError).facts).to.include({ app: "new", owner: '/"a"' });
        expect(outside()).to.deep.equal({ x: "2" });
      }
      await dropAlone(db, "new");
      expect(outside()).to.deep.equal({});
      const { caught } = await updateAlone(db, "old", body({ x: "1" }));
      expect(caught).to.deep.equal([]);
      expect(outside(), "it is written again").to.deep.equal({ x: "1" });
      expect((await updateAlone(db, "old", body({ x: "1" }))).counts["memoized"]).to.deep.equal({
        starts: 1,
        unchanged: 1,
      });
    });

    it("belongs to the third name after two changes of the name", async () => {
      for (const name of ["one", "two", "three"]) await updateAlone(db, name, body({ x: "1" }));
      await dropAlone(db, "one");
      await dropAlone(db, "two");
      expect(outside()).to.deep.equal({ x: "1" });
      await updateAlone(db, "three", () => {});
      expect(outside()).to.deep.equal({});
    });

    it("is not removed with the old name either where both names have it on record, as versions before did", async () => {
      await updateAlone(db, "old", body({ x: "1" }));
      await updateAlone(db, "new", body({ x: "1" }));
      await using test = await createTestEnvironment({ dbPath: db });
      const rows = await stateOf(test.environment).createRows("old");
      const [{ id, row }] = [...rows.states.tracked()].filter((tracked) => tracked.row.items.length > 0) as [
        { id: number; row: TrackingRow },
      ];
      await rows.write([rows.putOwner(row.items[0]!.providerId, row.items[0]!.key, id)]);
      await test.environment.close();
      await dropAlone(db, "old");
      expect(outside()).to.deep.equal({ x: "1" });
      await dropAlone(db, "new");
      expect(outside()).to.deep.equal({});
    });

    it("is claimed by another component of the old name no more than by its own", async () => {
      await updateAlone(db, "old", body({ x: "1" }));
      await updateAlone(db, "new", body({ x: "1" }));
      const { caught } = await updateAlone(db, "old", () => mount("b", plain, { x: "2" }));
      expect((caught[0]!.error as TidemarkError).code).to.equal("TARGET_CONFLICT");
      expect(outside()).to.deep.equal({ x: "1" });
    });
  });

  describe("that two apps of one process declare", () => {
    it("is a conflict of the second, which names app, component and target", async () => {
      await inProcess(
        db,
        { one: body({ x: "of one" }), two: () => mount("b", plain, { x: "of two" }) },
        async (run) => {
          await run.update("one");
          for (let round = 0; round < 2; round++) {
            const { caught } = await run.update("two");
            const error = caught[0]!.error as TidemarkError;
            expect(error.code).to.equal("TARGET_CONFLICT");
            expect(error.message).to.match(
              /"x" in component `plain` at \/"b": `memoized` at \/"a" of app "one" owns it/,
            );
            expect(error.facts).to.include({ path: '/"b"', owner: '/"a"', app: "one" });
          }
          expect((await run.update("one")).counts["memoized"]).to.deep.equal({ starts: 1, unchanged: 1 });
          expect(outside()).to.deep.equal({ x: "of one" });
          await run.drop("two");
          expect(outside()).to.deep.equal({ x: "of one" });
          await run.drop("one");
          expect(outside()).to.deep.equal({});
          expect((await run.update("two")).caught).to.deep.equal([]);
          expect(outside()).to.deep.equal({ x: "of two" });
        },
      );
    });

    it("is a conflict of one of them when they run at the same time", async () => {
      await inProcess(db, { one: body({ x: "1" }), two: body({ x: "2" }) }, async (run) => {
        const outcomes = await Promise.all([run.update("one"), run.update("two")]);
        expect(outcomes.flatMap(({ caught }) => caught)).to.have.length.greaterThan(0);
        expect(new Set(outcomes.map(({ counts }) => counts["memoized"]?.errors))).to.deep.equal(
          new Set([1, undefined]),
        );
      });
    });

    it("is not removed when one of them ends with a conflict and no longer declares it", async () => {
      await inProcess(db, { one: body({ x: "1" }) }, (run) => run.update("one"));
      await inProcess(db, { one: () => {}, two: body({ x: "2", y: "2" }) }, async (run) => {
        await run.update("two");
        expect(outside()).to.deep.equal({ x: "1" });
        await run.update("one");
        expect(outside()).to.deep.equal({});
        await run.update("two");
        expect(outside()).to.deep.equal({ x: "2", y: "2" });
      });
    });
  });

  describe("in a container that two apps share", () => {
    const row = fn({ memo: true }, function row(provider: TargetProvider<string, string>, key: string) {
      declareTargetState(provider, key, key);
    });
    const fill =
      (...keys: string[]) =>
      async (): Promise<void> => {
        const provider = await mountTarget(box.kind.at("box", "1"));
        for (const key of keys) await mount(key, row, provider, key);
      };
    const content = (): string[] => [...box.outside.keys()].toSorted();

    it("is removed by its own app only, and the container by the last", async () => {
      await inProcess(db, { one: fill("a"), two: fill("b") }, async (run) => {
        await run.update("one");
        await run.update("two");
        expect(content()).to.deep.equal(["box", "box/a", "box/b"]);
        await run.drop("one");
        expect(content()).to.deep.equal(["box", "box/b"]);
        expect((await run.update("two")).counts["row"]).to.deep.equal({ starts: 1, unchanged: 1 });
        await run.drop("two");
        expect(content()).to.deep.equal([]);
      });
    });

    it("is a conflict when both declare it", async () => {
      await inProcess(db, { one: fill("a"), two: fill("a") }, async (run) => {
        await run.update("one");
        expect((await run.update("two")).caught[0]!.error).to.include({ code: "TARGET_CONFLICT" });
        await run.drop("two");
        expect(content()).to.deep.equal(["box", "box/a"]);
      });
    });

    it("is written again by both when the container was recreated by one", async () => {
      await inProcess(db, { one: fill("a"), two: fill("b") }, async (run) => {
        await run.update("one");
        await run.update("two");
        box.become = () => "recreated";
        await run.update("two");
        box.become = () => "kept";
        box.log.length = 0;
        expect((await run.update("one")).counts["row"]).to.deep.equal({ starts: 1, reprocesses: 1 });
        expect(box.log).to.deep.equal(["make box", "write box/a"]);
        expect((await run.update("one")).counts["row"]).to.deep.equal({ starts: 1, unchanged: 1 });
      });
    });

    it("goes to the new name of an app with the container, and is written again only if the container was recreated", async () => {
      await updateAlone(db, "old", fill("a", "b"));
      box.log.length = 0;
      await updateAlone(db, "new", fill("a", "b"));
      expect(box.log).to.deep.equal(["make box"]);
      await dropAlone(db, "old");
      expect(content()).to.deep.equal(["box", "box/a", "box/b"]);
      box.become = () => "recreated";
      box.log.length = 0;
      await updateAlone(db, "newer", fill("a", "b"));
      expect(box.log).to.deep.equal(["make box", "write box/a", "write box/b"]);
      await dropAlone(db, "new");
      expect(content()).to.deep.equal(["box", "box/a", "box/b"]);
      await dropAlone(db, "newer");
      expect(content()).to.deep.equal([]);
    });

    it("costs nothing to rename an app of a thousand states: each is taken over without a write", async () => {
      const many = () =>
        mountEach(
          plain,
          Array.from({ length: 1000 }, (_, index) => [index, { [`k${index}`]: "1" }] as const),
        );
      await updateAlone(db, "old", many);
      writes();
      await updateAlone(db, "new", many);
      expect(writes()).to.equal(0);
      await dropAlone(db, "old");
      expect(target.outside.size).to.equal(1000);
    });
  });
});
