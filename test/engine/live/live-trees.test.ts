import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import {
  declareTargetState,
  fn,
  LiveMap,
  mount,
  mountEach,
  mountTarget,
  type TargetProvider,
} from "../../../lib/index.ts";
import { countsByComponent } from "../../counts.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { LiveWatch } from "./live-watch.ts";
import { defineRecordingContainer } from "../targets/recording-container.ts";
import { defineRecordingTarget } from "../targets/recording-target.ts";

describe("A live run", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = defineRecordingTarget();
  const doc = fn({ memo: true }, async function doc(text: string) {
    await setImmediate();
    declareTargetState(target.provider, text, text);
  });
  let map: LiveMap<string, string>;

  beforeEach(() => {
    target.outside.clear();
    target.batches.length = 0;
    map = new LiveMap([
      ["a", "a1"],
      ["b", "b1"],
    ]);
  });

  const outside = (): string[] => [...target.outside.keys()].map(String).toSorted();

  describe("with a component that has live parts", () => {
    const section = fn({ memo: true }, async function section() {
      await mountEach(doc, map);
    });

    it("never skips it, so that it is followed, and nothing is missed by a run that is not live", async () => {
      const sections = fn({ memo: true }, async function sections() {
        await mount("section", section);
      });
      const main = (): unknown => mount(sections);
      await app.update(main);
      const handle = app.withMain(main).update({ live: true });
      const watch = new LiveWatch(handle);
      await watch.untilReady(2);
      map.set("c", "c1");
      await watch.until(() => target.outside.has("c1"));
      await handle.stop();
      map.set("d", "d1");
      await app.update(main);
      expect(outside()).to.deep.equal(["a1", "b1", "c1", "d1"]);
    });

    it("skips the items themselves", async () => {
      await app.update(() => mount(section));
      const handle = app.withMain(() => mount(section)).update({ live: true });
      await new LiveWatch(handle).untilReady(3);
      await handle.stop();
      expect(countsByComponent(handle.stats())["doc"]).to.deep.equal({ starts: 2, unchanged: 2 });
    });

    it("keeps the children when a static place becomes live, and when it becomes static again", async () => {
      const items: [string, string][] = [...map].map(([key, value]) => [key, value]);
      await app.update(() => mountEach("docs", doc, items));
      const handle = app.withMain(() => mountEach("docs", doc, map)).update({ live: true });
      await new LiveWatch(handle).untilReady(2);
      await handle.stop();
      expect(countsByComponent(handle.stats())["doc"]).to.deep.equal({ starts: 2, unchanged: 2 });
      expect(await app.update(() => mountEach("docs", doc, items))).to.deep.equal({ doc: { starts: 2, unchanged: 2 } });
      expect(await app.update(() => mountEach("docs", doc, map))).to.deep.equal({ doc: { starts: 2, unchanged: 2 } });
      expect(target.batches.flat()).to.have.lengthOf(2);
    });
  });

  describe("with live sources in what a live source mounts", () => {
    const inner = new Map<string, LiveMap<string, string>>();
    const outer = new LiveMap<string, number>();
    const folder = fn(async function folder(_version: number, name: string) {
      await mountEach(doc, inner.get(name)!);
    });
    const folders = fn(async function folders(version: number) {
      await mount("x", folder, version, "x");
    });

    beforeEach(() => {
      outer.clear();
      outer.set("one", 1);
      inner.set("x", new LiveMap([["a", "a1"]]));
    });

    it("follows them, and starts over when the component that mounts them runs again", async () => {
      const handle = app.withMain(() => mountEach(folders, outer)).update({ live: true });
      const watch = new LiveWatch(handle);
      await watch.untilReady(3);
      inner.get("x")!.set("b", "b1");
      await watch.untilReady(4);
      expect(outside()).to.deep.equal(["a1", "b1"]);
      outer.set("one", 2);
      await watch.untilReady(8);
      inner.get("x")!.set("c", "c1").delete("a");
      await watch.untilReady(10);
      expect(outside()).to.deep.equal(["b1", "c1"]);
      await handle.stop();
      const { doc: docs } = countsByComponent(handle.stats());
      expect(docs).to.deep.equal({ starts: 6, adds: 3, unchanged: 2, deletes: 1 });
    });

    it("ends them when the component that mounts them is removed", async () => {
      const handle = app.withMain(() => mountEach(folders, outer)).update({ live: true });
      const watch = new LiveWatch(handle);
      await watch.untilReady(3);
      outer.delete("one");
      await watch.untilReady(6);
      expect(outside()).to.deep.equal([]);
      inner.get("x")!.set("b", "b1");
      await handle.stop();
      expect(outside()).to.deep.equal([]);
    });
  });

  it("holds changes back until the component that mounted the source has ended", async () => {
    const gate = Promise.withResolvers<void>();
    const ready = Promise.withResolvers<void>();
    await app.update(() => mountEach(doc, [...map, ["old", "old1"] as const]));
    const handle = app
      .withMain(async () => {
        await mount("slow", async function slow() {
          await gate.promise;
        });
        const mounting = await mountEach(doc, map);
        await mounting.ready();
        ready.resolve();
      })
      .update({ live: true });
    const watch = new LiveWatch(handle);
    await ready.promise;
    map.set("c", "c1").delete("a");
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    expect(outside()).to.deep.equal(["a1", "b1", "old1"]);
    gate.resolve();
    await watch.until(() => target.outside.has("c1"));
    await watch.untilReady();
    expect(outside()).to.deep.equal(["b1", "c1"]);
    await handle.stop();
    expect(countsByComponent(handle.stats())["doc"]).to.deep.equal({ starts: 5, adds: 1, unchanged: 2, deletes: 2 });
  });

  it("does not follow sources that a component mounted before it failed", async () => {
    const others = new LiveMap<string, string>();
    const handle = app
      .withMain(async () => {
        await mount("broken", async function broken() {
          await mountEach(doc, map);
          throw new Error("boom");
        });
        await mountEach("others", doc, others);
      })
      .update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(3);
    map.set("c", "c1");
    others.set("d", "d1");
    await watch.untilReady(4);
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    expect(outside()).to.deep.equal(["a1", "b1", "d1"]);
    await handle.stop();
  });

  it("makes, remakes and removes containers that items have mounted", async () => {
    const container = defineRecordingContainer();
    const shelf = fn(async function shelf(row: string, name: string) {
      inside = await mountTarget(container.kind.at(name, "shelf"));
      declareTargetState(inside, row, row);
    });
    let inside: TargetProvider<string, string> | undefined;
    const user = fn(function user(row: string) {
      declareTargetState(inside!, row, row);
    });
    const users = new LiveMap<string, string>();
    const rows = new LiveMap<string, string>([["only", "r1"]]);
    const main = async (): Promise<void> => {
      await mountEach(shelf, rows, "s");
      await mountEach(user, users);
    };
    const handle = app.withMain(main).update({ live: true });
    const watch = new LiveWatch(handle);
    const reached = async (...paths: string[]): Promise<void> => {
      await watch.until(
        ({ status }) => status === "ready" && [...container.outside.keys()].toSorted().join() === paths.join(),
      );
    };
    await reached("s", "s/r1");
    rows.set("only", "r2");
    await reached("s", "s/r2");
    rows.delete("only");
    await reached();
    users.set("late", "r4");
    await watch.until(({ stats, status }) => stats.total.numErrors === 1 && status === "ready");
    expect(test.caught[0]?.error).to.include({ code: "TARGET_UNDEFINED" });
    rows.set("only", "r3");
    await reached("s", "s/r3");
    await handle.stop();
    expect(container.log).to.deep.equal([
      "make s",
      "write s/r1",
      "make s",
      "remove s/r1",
      "write s/r2",
      "remove s/r2",
      "remove s",
      "make s",
      "write s/r3",
    ]);
  });
});
