import { expect } from "chai";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { walkDir, type File } from "../../../lib/connectors/localfs/index.ts";
import {
  autoRefresh,
  declareTargetState,
  fn,
  LiveMap,
  mount,
  mountEach,
  statsGroup,
  type UpdateHandle,
} from "../../../lib/index.ts";
import { plant } from "../../connectors/localfs/test-tree.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { useTestEnvironment } from "../../test-environment.ts";
import { usedHeap } from "../../used-heap.ts";
import { createCountingApp } from "../counting-app.ts";
import { LiveWatch } from "./live-watch.ts";
import { defineRecordingTarget } from "../targets/recording-target.ts";

/** Changes at a time, each waited for before the next burst. */
const BURST = 20;
/** In every so-manieth burst this many files change as well: the system tells of them only after a while. */
const FILES_EVERY = 5;
const BURST_FILES = 4;
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
  const file = fn({ memo: true }, async function file(found: File) {
    declareTargetState(target.provider, found.path, await found.text());
  });
  const inner = new LiveMap<string, string>();
  const section = fn(async function section(version: number) {
    await statsGroup(`Section`, () => mountEach(page, inner));
    await mount("fixed", page, `fixed ${version}`);
  });
  const outer = new LiveMap<string, number>();
  const failing = new LiveMap<string, string>();

  it("holds on to nothing, while items, files and folders come, change and go, and watchers with them", async () => {
    await using temp = await createTempFolder();
    outer.set("only", 0);
    const tick = autoRefresh(
      fn({ name: "tick" }, () => {}),
      { intervalMs: 5 },
    );
    const handle = app
      .withMain(async () => {
        await mountEach(section, outer);
        await mountEach("failing", page, failing);
        await mountEach("files", file, walkDir(temp.path, { live: true }).items());
        await mount(tick);
      })
      .update({ live: true });
    const watch = new LiveWatch(handle);
    await watch.untilReady();
    let burst = 0;
    const churn = async (numBursts: number, seconds: number): Promise<number> => {
      const endsAt = performance.now() + seconds * 1000;
      const first = burst;
      for (; burst < first + numBursts || performance.now() < endsAt; burst++) {
        await changeABit(burst, { folder: temp.path, handle, watch });
      }
      return Math.round((burst - first) * (BURST + BURST_FILES / FILES_EVERY));
    };
    await churn(WARM_UP, 0);
    const before = await measure(watch);
    const numChanges = await churn(MIN_BURSTS, SECONDS);
    const after = await measure(watch);
    await handle.stop();
    const perChange = (after.heapBytes - before.heapBytes) / numChanges;
    if (SECONDS > 0) console.log(numChanges, "changes; before and after:", before, after);
    expect(perChange, `bytes kept per change, of ${numChanges}`).to.be.lessThan(200);
    // The folder, and the only one in it; what is due in an hour, and what limits this test.
    expect(before.resources).to.include({ FSEventWrap: 2 }).and.to.have.property("Timeout");
    expect(after.resources).to.deep.equal(before.resources);
  });

  async function changeABit(burst: number, { folder, handle, watch }: Subject): Promise<void> {
    for (let index = 0; index < BURST; index++) {
      // New keys all the time: ids and paths are never the same again.
      inner.set(`${burst}-${index}`, `${burst} ${index}`);
      inner.delete(`${burst - 1}-${index}`);
    }
    const round = Math.floor(burst / FILES_EVERY);
    if (burst % FILES_EVERY === 0) changeFiles(folder, round);
    failing.set("broken", `broken ${burst}`);
    // Each time with a stats group of its own, whose report the log of updates keeps for a while.
    if (burst % 50 === 0) outer.set("only", burst);
    const numWatchers = burst % 3;
    const passing = Array.from({ length: numWatchers }, async () => {
      for await (const { status } of handle.watch()) if (status === "ready") break;
    });
    const isDone = (): boolean =>
      target.outside.has(`${burst} 0`) &&
      target.outside.has(`${round}/0.md`) &&
      target.outside.get("always.md") === `${round}` &&
      target.outside.size === BURST + BURST_FILES + 1;
    await watch.until(({ status }) => status === "ready" && isDone());
    await Promise.all(passing);
    target.batches.length = 0;
    target.changes.length = 0;
    watch.snapshots.splice(0, watch.snapshots.length - 1);
    (test.caught as unknown[]).length = 0;
  }
});

interface Subject {
  readonly folder: string;
  readonly handle: UpdateHandle<unknown>;
  readonly watch: LiveWatch<unknown>;
}

interface Usage {
  readonly heapBytes: number;
  /** What keeps the process alive: how many of each kind. */
  readonly resources: Readonly<Record<string, number>>;
}

/** Puts a new folder with files in place of the last one, and edits a file. */
function changeFiles(folder: string, round: number): void {
  const files = Array.from({ length: BURST_FILES - 1 }, (_, index) => [`${round}/${index}.md`, `${round}`]);
  plant(folder, { ...Object.fromEntries(files), "always.md": `${round}` });
  rmSync(join(folder, `${round - 1}`), { recursive: true, force: true });
}

/** What is in use, once what is in use for a moment only is gone. */
async function measure(watch: LiveWatch<unknown>): Promise<Usage> {
  await watch.untilReady();
  const heapBytes = await usedHeap();
  const resources = countResources();
  for (let turn = 0; turn < 20_000; turn++) {
    await setImmediate();
    const now = countResources();
    for (const [kind, count] of resources) resources.set(kind, Math.min(count, now.get(kind) ?? 0));
  }
  return { heapBytes, resources: Object.fromEntries([...resources].filter(([, count]) => count > 0)) };
}

function countResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
