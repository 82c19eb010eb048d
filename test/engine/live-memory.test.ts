import { expect } from "chai";
import {
  autoRefresh,
  declareTargetState,
  fn,
  LiveMap,
  mount,
  mountEach,
  statsGroup,
  type UpdateHandle,
} from "../../lib/index.ts";
import { useTestEnvironment } from "../test-environment.ts";
import { usedHeap } from "../used-heap.ts";
import { createCountingApp } from "./counting-app.ts";
import { LiveWatch } from "./live-watch.ts";
import { defineRecordingTarget } from "./recording-target.ts";

/** Changes at a time, each waited for before the next burst. */
const BURST = 20;
const WARM_UP = 200;
const MIN_BURSTS = 300;
/** Goes on for at least so long; a soak test gives more. */
const SECONDS = Number(process.env["TIDEMARK_TEST_CHURN_SECONDS"] ?? 0);

describe("A live run that lasts", function () {
  this.timeout(180_000 + SECONDS * 2000);
  const test = useTestEnvironment();
  const app = createCountingApp(test);
  const target = defineRecordingTarget();
  const page = fn({ memo: true }, function page(text: string) {
    if (text.startsWith("broken")) throw new Error(text);
    declareTargetState(target.provider, text, text);
  });
  const inner = new LiveMap<string, string>();
  const section = fn(async function section(version: number) {
    await statsGroup(`Section`, () => mountEach(page, inner));
    await mount("fixed", page, `fixed ${version}`);
  });
  const outer = new LiveMap<string, number>();
  const failing = new LiveMap<string, string>();

  it("holds on to nothing, while items come, change and go, and watchers with them", async () => {
    outer.set("only", 0);
    const tick = autoRefresh(
      fn({ name: "tick" }, () => {}),
      { intervalMs: 5 },
    );
    const handle = app
      .withMain(async () => {
        await mountEach(section, outer);
        await mountEach("failing", page, failing);
        await mount(tick);
      })
      .update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady();
    let burst = 0;
    const churn = async (numBursts: number, seconds: number): Promise<number> => {
      const endsAt = performance.now() + seconds * 1000;
      const first = burst;
      for (; burst < first + numBursts || performance.now() < endsAt; burst++) await changeABit(burst, handle, watch);
      return (burst - first) * BURST;
    };
    await churn(WARM_UP, 0);
    const before = await measure(watch);
    const numChanges = await churn(MIN_BURSTS, SECONDS);
    const after = await measure(watch);
    await handle.stop();
    const perChange = (after.heapBytes - before.heapBytes) / numChanges;
    if (SECONDS > 0) {
      console.log(
        `      ${numChanges} changes, heap ${before.heapBytes >> 10} kB before, ${after.heapBytes >> 10} kB after`,
      );
    }
    expect(perChange, `bytes kept per change, of ${numChanges}`).to.be.lessThan(200);
    expect(after.resources).to.deep.equal(before.resources);
  });

  async function changeABit(burst: number, handle: UpdateHandle<unknown>, watch: LiveWatch<unknown>): Promise<void> {
    for (let index = 0; index < BURST; index++) {
      // New keys all the time: ids and paths are never the same again.
      inner.set(`${burst}-${index}`, `${burst} ${index}`);
      inner.delete(`${burst - 1}-${index}`);
    }
    failing.set("broken", `broken ${burst}`);
    // Each time with a stats group of its own, whose report the log of updates keeps for a while.
    if (burst % 50 === 0) outer.set("only", burst);
    const numWatchers = burst % 3;
    const passing = Array.from({ length: numWatchers }, async () => {
      for await (const { status } of handle.watch()) if (status === "ready") break;
    });
    const wanted = `${burst} 0`;
    await watch.until(
      ({ status }) => status === "ready" && target.outside.has(wanted) && target.outside.size <= BURST + 1,
    );
    await Promise.all(passing);
    target.batches.length = 0;
    target.changes.length = 0;
    watch.snapshots.splice(0, watch.snapshots.length - 1);
    (test.caught as unknown[]).length = 0;
  }
});

/** What is in use, once what is in use for a moment only is gone. */
async function measure(watch: LiveWatch<unknown>): Promise<{ heapBytes: number; resources: Record<string, number> }> {
  await watch.untilReady();
  const heapBytes = await usedHeap();
  const resources: Record<string, number> = {};
  for (const resource of process.getActiveResourcesInfo()) {
    // Timers and turns of the loop come and go.
    if (resource !== "Timeout" && resource !== "Immediate") resources[resource] = (resources[resource] ?? 0) + 1;
  }
  return { heapBytes, resources };
}
