import { expect } from "chai";
import { stateOf } from "../../../lib/app/environment.ts";
import { autoRefresh, declareTargetState, fn, mount, mountEach, symbolKey } from "../../../lib/index.ts";
import { countsByComponent } from "../../counts.ts";
import { FakeClock } from "../../fake-clock.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { createCountingApp } from "../counting-app.ts";
import { LiveWatch } from "./live-watch.ts";
import { defineRecordingTarget } from "../targets/recording-target.ts";

describe("autoRefresh", () => {
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = defineRecordingTarget();
  const row = fn({ memo: true }, function row(text: string) {
    declareTargetState(target.provider, text, text);
  });
  let rows: string[];
  let clock: FakeClock;
  const poll = fn({ memo: true }, async function poll(source: string) {
    if (source !== "db") throw new Error(`unknown source ${source}`);
    if (rows.includes("broken")) throw new Error("boom");
    await mountEach(
      row,
      rows.map((text) => [text, text] as const),
    );
  });
  const main = (): unknown => mount(autoRefresh(poll, { intervalMs: 30_000 }), "db");

  beforeEach(() => {
    rows = ["a", "b"];
    target.outside.clear();
    clock = new FakeClock();
    stateOf(test.environment).clock = clock;
  });

  it("runs the function once where the run is not live, whatever its memo says", async () => {
    expect(await app.update(main)).to.deep.equal({ poll: { starts: 1, adds: 1 }, row: { starts: 2, adds: 2 } });
    rows = ["b"];
    expect(await app.update(main)).to.deep.equal({
      poll: { starts: 1, reprocesses: 1 },
      row: { starts: 2, unchanged: 1, deletes: 1 },
    });
  });

  it("keeps its interval when the date is set by hours or years, back and forward", async () => {
    const handle = app.withMain(main).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(3);
    let numFinished = 3;
    for (const hours of [-5, 5, 24 * 365 * 20, -24 * 365 * 80]) {
      clock.shiftDate(hours * 3_600_000);
      clock.advance(29_999);
      await watch.untilReady(numFinished);
      clock.advance(1);
      numFinished += 3;
      await watch.untilReady(numFinished);
    }
    await handle.stop();
    expect(countsByComponent(handle.stats())["poll"]).to.include({ starts: 5 });
  });

  it("runs it again after each interval, which begins when the run before has ended", async () => {
    const handle = app.withMain(main).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(3);
    rows = ["b", "c"];
    clock.advance(29_999);
    await watch.untilReady(3);
    expect([...target.outside.keys()]).to.deep.equal(["a", "b"]);
    clock.advance(1);
    await watch.untilReady(7);
    expect([...target.outside.keys()]).to.deep.equal(["b", "c"]);
    clock.advance(30_000);
    await watch.untilReady(10);
    await handle.stop();
    expect(countsByComponent(handle.stats())["poll"]).to.deep.equal({ starts: 3, adds: 1, reprocesses: 2 });
    expect(clock.due).to.deep.equal([]);
  });

  it("goes on after a failure, which is reported", async () => {
    const handle = app.withMain(main).update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady(3);
    rows = ["broken"];
    clock.advance(30_000);
    await watch.until(({ stats, status }) => stats.total.numErrors === 1 && status === "ready");
    expect([...target.outside.keys()]).to.deep.equal(["a", "b"]);
    rows = ["c"];
    clock.advance(30_000);
    await watch.until(({ stats, status }) => stats.total.numDeletes === 2 && status === "ready");
    expect([...target.outside.keys()]).to.deep.equal(["c"]);
    await handle.stop();
    expect(test.caught.map(({ error }) => String(error))).to.deep.equal(["Error: boom"]);
  });

  it("stands where the function itself would stand", async () => {
    await app.update(() => mount(poll, "db"));
    expect(await app.update(main)).to.deep.equal({
      poll: { starts: 1, reprocesses: 1 },
      row: { starts: 2, unchanged: 2 },
    });
    expect(await app.update(() => mount(symbolKey("poll"), autoRefresh(poll, { intervalMs: 1 }), "db"))).to.deep.equal({
      poll: { starts: 1, reprocesses: 1 },
      row: { starts: 2, unchanged: 2 },
    });
  });

  it("refuses an interval that no timer can wait for", () => {
    for (const intervalMs of [0, -1, Number.NaN, Infinity, 2 ** 31, "1000" as unknown as number]) {
      expect(() => autoRefresh(poll, { intervalMs })).to.throw(RangeError, /intervalMs/);
    }
  });

  it("refuses a value that is no function, and a function without a name", () => {
    expect(() => autoRefresh(undefined as never, { intervalMs: 1 })).to.throw(TypeError);
    expect(() => autoRefresh(() => {}, { intervalMs: 1 })).to.throw(TypeError, /name/);
  });
});
