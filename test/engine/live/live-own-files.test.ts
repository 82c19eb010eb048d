import { expect } from "chai";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { File } from "../../../lib/connectors/localfs/index.ts";
import {
  declareTargetState,
  fn,
  mount,
  mountEach,
  statsGroup,
  type LiveComponent,
  type LiveComponentOperator,
  type LiveMapSubscriber,
  type StatsGroupHandle,
  type TidemarkError,
} from "../../../lib/index.ts";
import { findFile, plant } from "../../connectors/localfs/test-tree.ts";
import { countsByComponent } from "../../counts.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { useRecordingTarget } from "../targets/recording-target.ts";
import { LiveWatch } from "./live-watch.ts";

describe("In a live run, a component whose own file vanishes while it runs", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = useRecordingTarget();
  let temp: Awaited<ReturnType<typeof createTempFolder>>;
  const doomed = new Set<string>();

  const doc = fn({ memo: true }, async function doc(file: File) {
    if (doomed.has(file.path)) rmSync(join(temp.path, file.path));
    declareTargetState(target.provider, file.path, await file.text());
  });
  const outside = (): string[] => [...target.outside.keys()].map(String).toSorted();
  const list = (...names: string[]) =>
    Promise.all(names.map(async (name) => [name, await findFile(temp.path, name)] as const));

  beforeEach(async () => {
    temp = await createTempFolder();
    doomed.clear();
    plant(temp.path, { a: "a", b: "b", c: "c" });
  });

  afterEach(() => temp[Symbol.asyncDispose]());

  /** Runs a source until it ends; returns what its group counted. */
  async function follow(watch: (subscriber: LiveMapSubscriber<string, File>) => Promise<void>) {
    let group: StatsGroupHandle | undefined;
    const handle = app
      .withMain(() =>
        statsGroup("Docs", async (opened) => {
          group = opened;
          await mountEach(doc, { watch });
        }),
      )
      .update({ live: true });
    const snapshots = new LiveWatch(handle);
    await snapshots.ended;
    expect(snapshots.last).to.deep.include({ status: "ready", final: true, oldestChangeAt: null });
    expect(handle.failures()).to.deep.equal([]);
    expect(test.caught).to.deep.equal([]);
    return countsByComponent(group!.stats());
  }

  for (const when of ["before", "after"] as const) {
    it(`is deleted by the update of its item, ${when} the source is ready, if it had a record`, async () => {
      const counts = await follow(async (subscriber) => {
        await subscriber.updateAll(await list("a", "b"));
        if (when === "after") await subscriber.markReady();
        doomed.add("b").add("c");
        plant(temp.path, { b: "changed" });
        for (const [key, file] of await list("b", "c")) await (await subscriber.update(key, file)).ready();
        expect(outside()).to.deep.equal(["a"]);
        await (await subscriber.delete("b")).ready();
        await subscriber.markReady();
      });
      expect(counts).to.deep.equal({ doc: { starts: 3, adds: 2, deletes: 1 } });
    });

    it(`is deleted by a listing, ${when} the source is ready, if it had a record`, async () => {
      const counts = await follow(async (subscriber) => {
        await subscriber.updateAll(await list("a", "b"));
        if (when === "after") await subscriber.markReady();
        doomed.add("b").add("c");
        plant(temp.path, { b: "changed" });
        await subscriber.updateAll(await list("a", "b", "c"));
        await subscriber.markReady();
      });
      expect(outside()).to.deep.equal(["a"]);
      expect(counts).to.deep.equal({ doc: { starts: 4, adds: 2, unchanged: 1, deletes: 1 } });
    });
  }

  it("is mounted again when it is back", async () => {
    const counts = await follow(async (subscriber) => {
      const [item] = await list("a");
      doomed.add("a");
      await (await subscriber.update("a", item![1])).ready();
      doomed.clear();
      plant(temp.path, { a: "back" });
      const [again] = await list("a");
      await (await subscriber.update("a", again![1])).ready();
      await subscriber.markReady();
    });
    expect(outside()).to.deep.equal(["a"]);
    expect(counts).to.deep.equal({ doc: { starts: 1, adds: 1 } });
  });

  it("is deleted by the update of a live component", async () => {
    class Docs implements LiveComponent {
      process(): void {}
      async processLive(operator: LiveComponentOperator): Promise<void> {
        await operator.updateFull();
        await operator.markReady();
        for (const content of ["one", "two"]) {
          plant(temp.path, { a: content });
          const [item] = await list("a");
          await (await operator.update("a", doc, item![1])).ready();
          doomed.add("a");
        }
      }
    }
    const handle = app.withMain(() => mount("docs", Docs)).update({ live: true });
    await handle;
    expect(countsByComponent(handle.stats())["doc"]).to.deep.equal({ starts: 2, adds: 1, deletes: 1 });
    expect(outside()).to.deep.equal([]);
    expect(test.caught).to.deep.equal([]);
  });

  it("stays with its outputs while the walked folder is away", async () => {
    const away = `${temp.path}.away`;
    const handle = app
      .withMain(() =>
        mountEach(doc, {
          async watch(subscriber: LiveMapSubscriber<string, File>) {
            await subscriber.updateAll(await list("a", "b", "c"));
            await subscriber.markReady();
            plant(temp.path, { a: "changed", b: "changed", c: "changed" });
            const changed = await list("a", "b", "c");
            renameSync(temp.path, away);
            for (const [key, file] of changed) await (await subscriber.update(key, file)).ready();
          },
        }),
      )
      .update({ live: true });
    await handle;
    renameSync(away, temp.path);
    expect(countsByComponent(handle.stats())["doc"]).to.deep.equal({ starts: 6, adds: 3, errors: 3 });
    expect(outside()).to.deep.equal(["a", "b", "c"]);
    expect(test.caught).to.have.lengthOf(3);
  });

  it("is left to its source where the run limits deletions: single ones are carried out, a listing counts them", async () => {
    const seen: string[][] = [];
    const handle = app
      .withMain(() =>
        mountEach(doc, {
          async watch(subscriber: LiveMapSubscriber<string, File>) {
            await subscriber.updateAll(await list("a", "b", "c"));
            await subscriber.markReady();
            for (const name of ["a", "b", "c"]) doomed.add(name);
            plant(temp.path, { a: "changed", b: "changed", c: "changed" });
            for (const [key, file] of await list("a", "b", "c")) await (await subscriber.update(key, file)).ready();
            seen.push(outside());
            await subscriber.updateAll([]).catch((error: Error) => seen.push([(error as TidemarkError).code]));
            for (const key of ["a", "b"]) await (await subscriber.delete(key)).ready();
            seen.push(outside());
            await subscriber.updateAll([]);
          },
        }),
      )
      .update({ live: true, maxDeletes: 1 });
    await handle;
    expect(seen).to.deep.equal([["a", "b", "c"], ["TOO_MANY_DELETES"], ["c"]]);
    expect(outside()).to.deep.equal([]);
    expect(countsByComponent(handle.stats())["doc"]).to.deep.equal({ starts: 6, adds: 3, deletes: 3 });
  });
});
