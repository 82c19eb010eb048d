import { expect } from "chai";
import { once } from "node:events";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { Environment } from "../../../lib/index.ts";
import { startChild, type Child } from "../../state/child-process.ts";
import { createTempFolder } from "../../temp-folder.ts";
import { createCrashingApp, outside, type Layout } from "./crashing-app.ts";
import { createTreeApp, type TreePlaces } from "../tree-app.ts";

const KILLS = 50;
/** After so many kills each time, what the next run makes of it is looked at. */
const KILLS_PER_LOOK = 5;
const SEED = Number(process.env["TIDEMARK_TEST_SEED"] ?? Date.now() % 1_000_000);

const BEFORE: Layout = {
  kept: {
    same: { same: "as it was", "call same": "as it was" },
    changing: { changed: "first content", dropped: "to be dropped", "call changed": "first answer" },
    vanishing: { taken: "from the vanishing", vanished: "to be removed" },
    losing: { moved: "from the losing", stays: "as it was" },
  },
  removed: { inside: { a: "to be removed with its folder", b: "that as well" } },
  "own removed": { inside: { a: "of the one that mounts the folder" } },
};

const AFTER: Layout = {
  kept: {
    same: { same: "as it was", "call same": "as it was" },
    changing: { changed: "second content", "call changed": "second answer", appeared: "new here" },
    gaining: { moved: "to the gaining", taken: "by the gaining" },
    losing: { stays: "as it was" },
  },
  made: { inside: { a: "in a new folder", "call b": "in a new folder, too" } },
};

const SMALL: Layout = { kept: { one: { a: "first", "call b": "second" } } };

describe("Crash", function () {
  // Some hundred processes: on a loaded machine each takes seconds to start.
  this.timeout(900_000);

  it("at any step of a first run: the next run ends with exactly what is declared", async () => {
    await expectRecoveryEverywhere({}, SMALL);
  });

  it("at any step of a run that adds, changes, moves and removes: the next run ends with exactly what is declared", async () => {
    await expectRecoveryEverywhere(BEFORE, AFTER);
  });

  it("at any step of a full run: the next run ends with exactly what is declared, though nothing has changed", async () => {
    await expectRecoveryEverywhere(SMALL, SMALL, "full");
  });
});

describe(`Kill -9 (seed ${SEED})`, function () {
  this.timeout(900_000);

  it(`in the middle of a run, at ${KILLS} random moments: the next run ends with targets byte-equal to a clean run's`, async () => {
    await using temp = await createTempFolder();
    const random = createRandom(SEED);
    const places = placesIn(join(temp.path, "place"));
    growTree(places.source, 200, random);
    let durationMs = (await runInChild(places))!;
    let numKilled = 0;
    for (let attempt = 0; numKilled < KILLS; attempt++) {
      expect(attempt, `attempts to kill a run, ${numKilled} of which came in time`).to.be.lessThan(KILLS * 6);
      editTree(places.source, random);
      const endedAfterMs = await runInChild(places, random() * durationMs);
      if (endedAfterMs !== undefined) durationMs = endedAfterMs;
      else if (++numKilled % KILLS_PER_LOOK === 0) await expectTreeRecovery(temp.path, `after kill ${numKilled}`);
    }
  });
});

/** Looks at what the next run makes of the place, and puts back what was there. */
async function expectTreeRecovery(root: string, when: string): Promise<void> {
  const [place, backup, clean] = [join(root, "place"), join(root, "backup"), join(root, "clean")];
  cpSync(place, backup, { recursive: true, preserveTimestamps: true });
  const places = placesIn(place);
  await updateTree(places);
  const fresh = placesIn(clean, places.source);
  await updateTree(fresh);
  expect(contentOf(places.folder), when).to.deep.equal(contentOf(fresh.folder));
  expect(rowsOf(places.database), when).to.deep.equal(rowsOf(fresh.database));
  const { numExecutionStarts, numUnchanged } = await updateTree(places);
  expect(numUnchanged, `skipped by one more run ${when}`).to.equal(numExecutionStarts);
  for (const path of [place, clean]) rmSync(path, { recursive: true });
  renameSync(backup, place);
}

/** Dies at the first step, the second, and so on until the run gets to its end; goes on from the same state each time. */
async function expectRecoveryEverywhere(
  before: Layout,
  after: Layout,
  mode: "full" | "normal" = "normal",
): Promise<void> {
  await using temp = await createTempFolder();
  const origin = join(temp.path, "origin");
  mkdirSync(join(origin, "out"), { recursive: true });
  await update(origin, before);
  const crashAtStep = async (step: number): Promise<number | undefined> => {
    const place = join(temp.path, String(step));
    cpSync(origin, place, { recursive: true });
    return crashAt(place, [JSON.stringify(after), String(step), mode], join(temp.path, "cache"));
  };
  const numSteps = (await crashAtStep(0))!;
  expect(numSteps).to.be.greaterThan(8);
  for (let step = 1; step <= numSteps; step += 2) await Promise.all([crashAtStep(step), crashAtStep(step + 1)]);
  // One after the other: where the folders are is known to the whole process.
  for (let step = 1; step <= numSteps; step++) {
    const layouts = step % 2 === 0 ? [after] : [before, after];
    await expectRecovery(join(temp.path, String(step)), layouts, `after a crash at step ${step}`);
  }
}

async function expectRecovery(place: string, layouts: readonly Layout[], when: string): Promise<void> {
  for (const layout of layouts) {
    await update(place, layout);
    expect(contentOf(join(place, "out")), when).to.deep.equal(expectedContent(layout));
  }
  const counts = await update(place, layouts.at(-1)!);
  expect(counts.numSteps, `folders made sure of, ${when}`).to.equal(Object.keys(layouts.at(-1)!).length * 2);
  expect(counts.numErrors, when).to.equal(0);
  await update(place, {});
  expect(contentOf(join(place, "out")), `nothing is left, ${when}`).to.deep.equal({});
}

async function update(
  place: string,
  layout: Layout,
): Promise<{ readonly numSteps: number; readonly numErrors: number }> {
  let numSteps = 0;
  outside.root = join(place, "out");
  outside.step = () => void numSteps++;
  await using environment = new Environment({ dbPath: join(place, "db") });
  const handle = createCrashingApp(environment, layout).update();
  await handle;
  return { numSteps, numErrors: handle.stats()!.total.numErrors };
}

/** Gives the number of steps if the process has got to its end. */
async function crashAt(place: string, args: readonly string[], cache: string): Promise<number | undefined> {
  await using child = startCached("crashing", [join(place, "db"), join(place, "out"), ...args], cache);
  const [code, signal] = (await once(child.process, "close")) as [number | null, string | null];
  if (signal === "SIGKILL") return undefined;
  expect(child.errors()).to.equal("");
  expect(code).to.equal(0);
  const { value } = (await child.lines.next()) as { value: string };
  return Number(value.replace("steps ", ""));
}

/** Starts a process that finds its modules compiled once one before it has got to its end. */
function startCached(name: string, args: readonly string[], cache: string): Child {
  return startChild(new URL(`${name}-process.ts`, import.meta.url), args, ["env", `NODE_COMPILE_CACHE=${cache}`]);
}

function expectedContent(layout: Layout): Record<string, string> {
  const files = Object.entries(layout).flatMap(([folder, components]) =>
    Object.values(components).flatMap((declared) =>
      Object.entries(declared).map(([key, content]) => [`${folder}/${key}`, content]),
    ),
  );
  return Object.fromEntries(files.toSorted(([a], [b]) => (a! < b! ? -1 : 1))) as Record<string, string>;
}

/** Every file below a folder, and every folder that is empty. */
function contentOf(root: string): Record<string, string> {
  const content: Record<string, string> = {};
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) content[path.slice(root.length + 1)] = readFileSync(path, "utf8");
    else if (readdirSync(path).length === 0) content[`${path.slice(root.length + 1)}/`] = "";
  }
  return Object.fromEntries(Object.entries(content).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

interface Places extends TreePlaces {
  readonly db: string;
}

function placesIn(root: string, source: string = join(root, "source")): Places {
  mkdirSync(root, { recursive: true });
  return { source, folder: join(root, "out"), database: join(root, "files.sqlite"), db: join(root, "db") };
}

async function updateTree(places: Places) {
  await using environment = new Environment({ dbPath: places.db });
  const handle = createTreeApp(environment, places).update();
  await handle;
  expect(handle.failures()).to.deep.equal([]);
  return handle.stats()!.byComponent["index"]!;
}

/** Runs the app in a process of its own, and kills that after a time; gives how long the run took if it ended before. */
async function runInChild({ database, db, folder, source }: Places, killAfterMs?: number): Promise<number | undefined> {
  await using child = startCached("updating", [db, source, folder, database], join(db, "..", "..", "cache"));
  const closed = once(child.process, "close");
  await child.lines.next();
  if (killAfterMs === undefined) await closed;
  else await Promise.race([closed, setTimeout(killAfterMs)]);
  await child.kill();
  const { value } = (await child.lines.next()) as { value: string | undefined };
  expect(child.errors()).to.equal("");
  return value === undefined ? undefined : Number(value);
}

function growTree(source: string, numFiles: number, random: () => number): void {
  for (let index = 0; index < numFiles; index++) write(source, pathOf(index), textOf(random));
}

/** Adds, changes and deletes about a quarter of the files; now and then a file becomes a folder or the other way round. */
function editTree(source: string, random: () => number): void {
  for (let edit = 0; edit < 60; edit++) {
    const path = pathOf(Math.floor(random() * 260));
    rmSync(join(source, path), { recursive: true, force: true });
    const choice = random();
    if (choice < 0.6) write(source, path, textOf(random));
    else if (choice < 0.7) write(source, `${path}/inner.txt`, textOf(random));
  }
}

function write(source: string, path: string, text: string): void {
  mkdirSync(dirname(join(source, path)), { recursive: true });
  writeFileSync(join(source, path), text);
}

function pathOf(index: number): string {
  return `folder${index % 10}/file${index}`;
}

function textOf(random: () => number): string {
  const lines = Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
    const words = Array.from(
      { length: 1 + Math.floor(random() * 20) },
      () => WORDS[Math.floor(random() * WORDS.length)],
    );
    return words.join(" ");
  });
  return lines.join("\n");
}

const WORDS = ["secret", "split", "tide", "mark", "é", "moon"];

function rowsOf(path: string): unknown[] {
  using database = new DatabaseSync(path);
  return database.prepare("SELECT * FROM files ORDER BY path").all();
}

/** A small random generator, so that a seed repeats a test's choices (not its timing). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
