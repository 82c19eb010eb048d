import { expect } from "chai";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkStore } from "../../../lib/engine/check/check-store.ts";
import { repairStore, type RepairStep } from "../../../lib/engine/check/repair-store.ts";
import type { StateStore } from "../../../lib/state/store.ts";
import { formatPath } from "../../../lib/state/stable-key.ts";
import { systemClock } from "../../../lib/time/system-clock.ts";
import { expectSoundStore } from "../../expect-sound-store.ts";
import { BREAKAGES, componentOf } from "./broken-rows.ts";
import { createSite, type Site } from "./site-app.ts";

async function repair(site: Site, store: StateStore, { targets = false } = {}) {
  const steps: RepairStep[] = [];
  const rootOf = () => site.folder;
  const report = await repairStore(store, {
    check: targets ? { targets: { rootOf, nameOf: formatPath, clock: systemClock } } : {},
    rootOf,
    nameOf: formatPath,
    clock: systemClock,
    isConfirmed: true,
    onStep: (step) => void steps.push(step),
  });
  return { report, steps };
}

/** The next update comes to the same as one from nothing, and the one after it executes nothing. */
async function expectConvergence(site: Site, pages: readonly string[]): Promise<void> {
  site.pages = [...pages];
  await site.app.update();
  const files = pages.flatMap((page) => [
    [`${page}.txt`, page.toUpperCase()],
    [`${page}/inner.txt`, `inner of ${page}`],
    [`${page}/upper.txt`, page.toUpperCase()],
  ]);
  expect(site.files()).to.deep.equal(Object.fromEntries(files));
  const handle = site.app.update();
  await handle;
  const { byComponent } = handle.stats()!;
  expect(Object.keys(byComponent).filter((name) => byComponent[name]!.numReprocesses > 0)).to.have.members([
    "main",
    "mountTarget",
  ]);
  await expectSoundStore((await site.open()).store);
}

describe("repairStore", () => {
  for (const { changes, isLost = false, leavesFiles = false, title } of BREAKAGES) {
    const all = [
      ["a", "b", "c", "d"],
      ["b", "c"],
      ["a", "c"],
    ];
    for (const pages of isLost ? [] : all.slice(0, leavesFiles ? 1 : 3)) {
      it(`makes good ${title}: an update to ${pages.join()} comes to the same as one from nothing`, async () => {
        await using site = await createSite();
        const { rows, store } = await site.open();
        await store.write(changes(rows, store));
        const { report, steps } = await repair(site, store);
        expect(report.problems).to.deep.equal([]);
        expect(steps).to.not.have.lengthOf(0);
        await expectSoundStore(store);
        await expectConvergence(site, pages);
      });
    }
  }

  it("removes orphans outside that are as recorded, and gives up those that were edited", async () => {
    await using site = await createSite();
    const { rows, store } = await site.open();
    const { parentId, path } = componentOf(rows, "publish", "b");
    writeFileSync(join(site.folder, "out/b/inner.txt"), "edited");
    await store.write([rows.removeChild(parentId, path)]);
    const { steps } = await repair(site, store);
    const acts = steps.filter(({ act }) => act !== "repaired").map(({ act, subject }) => `${act} ${subject}`);
    expect(acts).to.have.members([
      'removed /"tidemark/localfs/directory"/"out"/"b.txt"',
      'removed /"tidemark/localfs/directory"/"out"/"b/upper.txt"',
      'given up /"tidemark/localfs/directory"/"out"/"b/inner.txt"',
    ]);
    expect(Object.keys(site.files()).filter((name) => name.startsWith("b"))).to.deep.equal(["b/inner.txt"]);
    expect([...rows.states.allGivenUp()].map(({ reason }) => reason)).to.deep.equal(["unproven"]);
    const { notes } = await checkStore(store);
    expect(notes.map(({ kind }) => kind)).to.deep.equal(["given-up"]);
    const again = await repair(site, store);
    expect(again.steps.map(({ act }) => act)).to.deep.equal(["forgotten"]);
    expect([...rows.states.allGivenUp()]).to.deep.equal([]);
    expect(site.files()["b/inner.txt"]).to.equal("edited");
  });

  it("removes nothing outside of the root in a store that was moved", async () => {
    await using site = await createSite({ isOutside: true });
    const { rows, store } = await site.open();
    await store.write([rows.removeChild(0, new Uint8Array())]);
    const steps: RepairStep[] = [];
    await repairStore(store, {
      check: {},
      rootOf: () => site.environment.root,
      nameOf: formatPath,
      clock: systemClock,
      isConfirmed: false,
      onStep: (step) => void steps.push(step),
    });
    expect(new Set(steps.map(({ act }) => act))).to.deep.equal(new Set(["given up", "repaired"]));
    expect(Object.keys(site.files())).to.have.lengthOf(9);
  });

  it("has missing and edited target states written again, and no others", async () => {
    await using site = await createSite();
    const { store } = await site.open();
    rmSync(join(site.folder, "out/a.txt"));
    writeFileSync(join(site.folder, "out/b/upper.txt"), "edited");
    const { report, steps } = await repair(site, store, { targets: true });
    expect(steps.map(({ act, message }) => `${act}: ${message}`)).to.have.members([
      "marked: is missing",
      "marked: was edited since Tidemark wrote it",
    ]);
    expect(report.isSound).to.equal(true);
    expect(report.counts.uncertainStates).to.equal(2);
    await expectConvergence(site, ["a", "b", "c"]);
    expect(Object.fromEntries(site.executions)).to.deep.equal({ a: 2, b: 2, c: 1 });
  });

  it("has everything in a folder that is missing written again", async () => {
    await using site = await createSite();
    const { store } = await site.open();
    rmSync(join(site.folder, "out"), { recursive: true });
    const { steps } = await repair(site, store, { targets: true });
    expect(steps).to.have.lengthOf(10);
    await expectConvergence(site, ["a", "b", "c"]);
  });

  it("leaves rows of an app alone whose own row is damaged", async () => {
    await using site = await createSite();
    const { rows, store } = await site.open();
    const damaged = BREAKAGES.find(({ title }) => title === "a damaged app row")!;
    await store.write(damaged.changes(rows, store));
    const { report, steps } = await repair(site, store);
    expect(steps).to.deep.equal([]);
    expect(report.problems.map(({ kind }) => kind)).to.have.members(["damaged-row", "unlisted-app"]);
  });
});
