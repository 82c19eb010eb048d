import { expect } from "chai";
import { setImmediate } from "node:timers/promises";
import { declareTargetState, fn, LiveMap, mountEach, statsGroup, type StatsGroupHandle } from "../../../lib/index.ts";
import { countsByComponent } from "../../counts.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { LiveWatch } from "./live-watch.ts";
import { defineRecordingTarget } from "../targets/recording-target.ts";

describe("A stats group in a live run", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = defineRecordingTarget();
  const doc = fn({ memo: true }, async function doc(text: string) {
    await setImmediate();
    declareTargetState(target.provider, text, text);
  });
  let map: LiveMap<string, string>;
  let groups: StatsGroupHandle[];
  const group = <T>(title: string, body: () => T): T =>
    statsGroup(title, (handle) => {
      groups.push(handle);
      return body();
    });

  beforeEach(() => {
    groups = [];
    map = new LiveMap([
      ["a", "a1"],
      ["b", "b1"],
    ]);
  });

  it("shows a group with live members as ready after they have caught up, as running again later, and ends it with them", async () => {
    const handle = app
      .withMain(async () => {
        await group("Live", () => mountEach(doc, map));
        await group("Static", () => mountEach("static", doc, [["s", "s1"]]));
      })
      .update({ live: true });
    const run = new LiveWatch(handle);
    await run.untilReady();
    const live = new LiveWatch(groups[0]!);
    const fixed = new LiveWatch(groups[1]!);
    await live.untilReady(2);
    map.set("c", "c1");
    await live.untilReady(3);
    map.delete("a");
    await live.untilReady(4);
    await fixed.ended;
    expect(live.last?.final).to.equal(false);
    await handle.stop();
    await Promise.all([live.ended, run.ended]);
    expect(live.statuses).to.deep.equal(["ready", "running", "ready", "running", "ready", "READY"]);
    expect(run.statuses.join(" ")).to.match(/^(?:running )?ready running ready running ready READY$/);
    expect(countsByComponent(groups[0]!.stats())).to.deep.equal({ doc: { starts: 4, adds: 3, deletes: 1 } });
    expect(countsByComponent(handle.stats())).to.deep.equal({ main: { starts: 1, adds: 1 } });
  });

  it("holds up the groups around a live member, and not those beside it", async () => {
    const handle = app
      .withMain(async () => {
        await group("Outer", async () => {
          await group("Inner", () => mountEach(doc, map));
          await group("Beside", () => mountEach("beside", doc, [["s", "s1"]]));
        });
      })
      .update({ live: true });
    await new LiveWatch(handle).untilReady();
    const [outer, inner, beside] = groups.map((one) => new LiveWatch(one));
    await beside!.ended;
    map.set("c", "c1");
    await inner!.untilReady(3);
    expect([outer!.last?.final, inner!.last?.final]).to.deep.equal([false, false]);
    await handle.stop();
    await Promise.all([outer!.ended, inner!.ended]);
    expect(outer!.statuses.at(-1)).to.equal("READY");
  });

  it("ends a group when the live members of a component in it have ended", async () => {
    const folders = new LiveMap([["one", 1]]);
    const folder = fn(async function folder(_version: number) {
      await group("Folder", () => mountEach(doc, map));
    });
    const handle = app.withMain(() => mountEach(folder, folders)).update({ live: true });
    const run = new LiveWatch(handle);
    await run.untilReady(1);
    const first = new LiveWatch(groups[0]!);
    folders.set("one", 2);
    await first.ended;
    await run.untilReady(2);
    expect(groups).to.have.lengthOf(2);
    folders.delete("one");
    await new LiveWatch(groups[1]!).ended;
    await handle.stop();
    expect(groups[1]!.stats()?.total.numUnchanged).to.equal(2);
  });
});
